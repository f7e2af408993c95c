"""The world of the SSH benchmarks from the client's side: a key, known hosts and a configuration for every ssh, and runs of
programs against 200 real sshd, with the CPU of clients and servers counted apart."""

import contextlib
import glob
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time

import process_tree
import ssh_servers

AT_ONCE = 50
CONNECT_TIMEOUT = 3
HERE = pathlib.Path(__file__).resolve().parent


class World:
    def __init__(self, folder, count):
        self.folder = folder
        self.hosts = ssh_servers.addresses(count)
        self.servers = None

    def __enter__(self):
        for name in ("user", "host"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", self.folder / name], check=True)
        key = " ".join((self.folder / "host.pub").read_text().split()[:2])
        known = [*self.hosts, ssh_servers.JUMP, *ssh_servers.BLACKHOLED, *ssh_servers.FROZEN, *ssh_servers.SLOW]
        (self.folder / "known_hosts").write_text("".join(f"[{host}]:{ssh_servers.PORT} {key}\n" for host in known))
        self.config = self.configuration("ssh_config", "")
        self.behind_jump = self.configuration("ssh_config_jump",
                                              f"Match host !{ssh_servers.JUMP},*\n  ProxyJump {ssh_servers.JUMP}\n")
        process_tree.adopt_orphans()
        self.servers = subprocess.Popen([sys.executable, HERE / "ssh_servers.py", self.folder, str(len(self.hosts))],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.servers.stdout.readline() != "ready\n":
            raise RuntimeError("the servers did not start")
        return self

    def __exit__(self, *_):
        self.servers.stdin.close()
        self.servers.wait()

    def configuration(self, name, lines):
        path = self.folder / name
        path.write_text(f"{lines}Host *\n  Port {ssh_servers.PORT}\n  User root\n  IdentityFile {self.folder}/user\n"
                        f"  IdentitiesOnly yes\n  BatchMode yes\n  ConnectTimeout {CONNECT_TIMEOUT}\n"
                        f"  UserKnownHostsFile {self.folder}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
                        f"  KexAlgorithms {ssh_servers.KEY_EXCHANGE}\n")
        return path

    def server_cpu(self):
        self.servers.stdin.write("cpu\n")
        self.servers.stdin.flush()
        return float(self.servers.stdout.readline())

    def client_cpu(self):
        process_tree.reap_orphans([self.servers.pid])
        return process_tree.cpu([self.servers.pid])

    def logins(self):
        with contextlib.suppress(FileNotFoundError):
            return (self.folder / "sshd.log").read_text(errors="replace").count("Accepted publickey")
        return 0

    @contextlib.contextmanager
    def counted(self, run, watched=False):
        """Adds to `run` what its block used; memory and processes only when watched, for that takes time itself."""
        client, servers, logins = self.client_cpu(), self.server_cpu(), self.logins()
        with process_tree.Peak([self.servers.pid]) if watched else contextlib.nullcontext() as peak:
            begin = time.monotonic()
            yield
            run.setdefault("s", time.monotonic() - begin)
        run["client_cpu_s"] = self.client_cpu() - client
        run["server_cpu_s"] = self.server_cpu() - servers
        run["logins"] = self.logins() - logins
        if peak:
            run["peak_mb"], run["peak_processes"] = round(peak.mb, 1), peak.processes

    def run(self, argv, watched=False, text=None, **options):
        """One program from start to end. Failures are its to tell: `code`, and what it printed."""
        run = {}
        with self.counted(run, watched):
            done = subprocess.run([str(word) for word in argv], input=text, text=True, capture_output=True, check=False,
                                  start_new_session=True, **options)
        return {**run, "code": done.returncode, "out": done.stdout, "err": done.stderr}


class FanOut:
    """Ours, with its connections open as long as this object."""

    def __init__(self, world, hosts, config=None, environment=None):
        self.world = world
        self.runtime = tempfile.TemporaryDirectory(prefix="f", dir="/tmp")
        self.program = subprocess.Popen(
            [os.environ["FAN_OUT"], str(config or world.config), str(AT_ONCE), str(CONNECT_TIMEOUT * 1000), *hosts],
            text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            env={**os.environ, "XDG_RUNTIME_DIR": self.runtime.name, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.program.stdin.close()
        self.program.wait()
        self.runtime.cleanup()

    def order(self, words, watched=False):
        run = {}
        with self.world.counted(run, watched):
            self.program.stdin.write(words + "\n")
            self.program.stdin.flush()
            run.update(json.loads(self.program.stdout.readline()))
        return run

    def sockets(self):
        return [path for path in glob.glob(f"{self.runtime.name}/*/*") if stat.S_ISSOCK(os.stat(path).st_mode)]

    def masters_mb(self):
        """Each page counted once, however many share it, and without our own process."""
        total = 0
        for pid in process_tree.descendants(self.program.pid):
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        return total / 1024


@contextlib.contextmanager
def world(count):
    with tempfile.TemporaryDirectory(prefix="ssh-world-") as folder:
        os.chmod(folder, 0o755)
        with World(pathlib.Path(folder), count) as opened:
            yield opened
