"""A small supervisor: it holds the listening socket, so that releases can come and go behind it.

    supervisor.py run ROOT PORT     serve ROOT/current on 127.0.0.1:PORT until SIGTERM
    supervisor.py reload ROOT       start what ROOT/current points to now, wait for its version, stop the one before

`reload` ends with 0 when the new version is serving and the old one has answered its last request; otherwise the old
one goes on and the reason is printed.
"""

import contextlib
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys

START_LIMIT = 10  # seconds a new version has to say that it serves
STOP_LIMIT = 10   # seconds the old one has to answer what is open


class Supervisor:
    def __init__(self, root, port):
        self.root = root
        self.child = None
        self.door = socket.socket()
        self.door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.door.bind(("127.0.0.1", port))
        self.door.listen(512)

    def start(self):
        release = (self.root / "current").resolve(strict=True)
        door = self.door.fileno()

        def inherit_door():
            os.dup2(door, 3)
            os.set_inheritable(3, True)

        child = subprocess.Popen([sys.executable, "server.py"], cwd=release, stdout=subprocess.PIPE, text=True,
                                 close_fds=False, preexec_fn=inherit_door)
        readable, _, _ = select.select([child.stdout], [], [], START_LIMIT)
        version = child.stdout.readline().strip() if readable else ""
        if not version:
            child.kill()
            child.wait()
            raise RuntimeError(f"{release.name} did not start within {START_LIMIT} s")
        return child, version

    def reload(self):
        fresh, version = self.start()
        old, self.child = self.child, fresh
        stop(old)
        return version

    def serve(self):
        path = self.root / "control"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as control:
            control.bind(str(path))
            control.listen()
            if (self.root / "current").exists():
                self.reload()
            print("ready", flush=True)
            while True:
                caller, _ = control.accept()
                with caller, contextlib.suppress(ConnectionError):  # a caller that went away does not end the service
                    caller.sendall(self.answer().encode())

    def answer(self):
        try:
            return f"serving {self.reload()}\n"
        except (OSError, RuntimeError) as problem:
            return f"failed: {problem}\n"


def stop(child):
    if child is None:
        return
    child.terminate()
    try:
        child.wait(STOP_LIMIT)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def run(root, port):
    supervisor = Supervisor(root, port)

    def leave(*_):
        stop(supervisor.child)
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    supervisor.serve()


def reload(root):
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(START_LIMIT + STOP_LIMIT + 5)
        control.connect(str(root / "control"))
        answer = control.makefile().readline().strip()
    print(answer or "the supervisor did not answer")
    sys.exit(0 if answer.startswith("serving ") else 1)


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "run":
        run(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    elif len(sys.argv) == 3 and sys.argv[1] == "reload":
        reload(pathlib.Path(sys.argv[2]))
    else:
        sys.exit(__doc__)
