"""The binary on a pseudo-terminal, and somebody who types."""

import os
import pty
import select
import time

QUESTIONS = (b"to stop: ", b"]: ")  # what stands before the cursor when an answer is awaited
LIMIT = 120  # seconds


def on_terminal(project, words, typed, environment=None):
    """Types each line when a question stands there. Gives exit code and screen."""
    pid, master = pty.fork()
    if pid == 0:
        os.chdir(project.place)
        os.execve(os.environ["DEPLOYCTL"], project.argv(*words), {**project.environment, **(environment or {})})
    screen, typed = b"", list(typed)
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if not select.select([master], [], [], 0.5)[0]:
            continue
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        screen += chunk
        if typed and screen.endswith(QUESTIONS):
            os.write(master, typed.pop(0))
    _, status = os.waitpid(pid, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), screen.decode()
