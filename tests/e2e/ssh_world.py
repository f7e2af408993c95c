"""Hosts that are real sshd processes, each with a disk, a home and a service of its own, on loopback addresses or behind
links that can be cut (ssh_links.py).

Every host sees ROOT as an empty disk of its own (a mount namespace with a tmpfs), so one pipeline fits them all. Needs
root. What is started here is ended here, by its number.
"""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from quickstart_world import EXAMPLE, MISSING_PARTS, free_port, need
from ssh_links import Link, SlowLink
from waiting import WAIT, wait_for

# Set to "no", the same tests are run with one ssh for each command (without_multiplexing.py).
MULTIPLEXING = os.environ.get("DEPLOYCTL_TEST_MULTIPLEXING", "yes") == "yes"
PROVIDERS = "" if MULTIPLEXING else "providers: { ssh: { multiplexing: false } }\n"

PIPELINE = """\
version: 1
project: fleet
environments:
  production:
    hosts: { web: [%(hosts)s] }
%(providers)ssteps:
  web:
    uses: host.release
    with:
      path: %(root)s/web
      source: app
      preflight: [sh, -c, '%(preflight)spython3 server.py --check']
      reload: [sh, -c, '%(reload)spython3 %(root)s/supervisor.py reload %(root)s/web']
      health:
        http: ":%(port)s/healthz"
        status: 200
        json: { pointer: /version, equals: "${release.version}" }
        within: 3s
      keep: 3%(release)s
    strategy: { rolling: %(rolling)s }
%(more)s"""

def pause_at(name):
    """Shell text that waits on a host with `pause(name)` until somebody lets it go, once."""
    return (f'if [ -e "$HOME/pause-{name}" ]; then mv "$HOME/pause-{name}" "$HOME/begun-{name}"; '
            f'until [ -e "$HOME/go-{name}" ]; do sleep 0.05; done; rm "$HOME/begun-{name}" "$HOME/go-{name}"; fi; ')


def need_root():
    need("sshd", "ssh", "ssh-keygen", "unshare", "nsenter", "setsid")
    if os.geteuid() != 0 or subprocess.run(["unshare", "-m", "true"], check=False).returncode:
        print("SKIPPED: mount namespaces need root")
        sys.exit(MISSING_PARTS)


class SshHost:
    def __init__(self, world, address, link=None):
        self.world = world
        self.address = address
        self.link = link
        self.folder = world.folder / address
        self.folder.mkdir()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / "key")], check=True)
        (self.folder / "sshd_config").write_text(
            f"ListenAddress {address}:{world.ssh_port}\nHostKey {self.folder}/key\nPidFile none\nUsePAM no\n"
            f"AuthorizedKeysFile {world.folder}/user.pub\nStrictModes no\nPasswordAuthentication no\n"
            f"PermitRootLogin yes\nSetEnv HOME={world.root}/home XDG_RUNTIME_DIR={world.root}/home "
            f"PATH={world.root}/home/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"
            f"Subsystem sftp internal-sftp\nLogLevel VERBOSE\n{world.sshd}")
        self.sshd = self.service = self.namespace = None
        try:
            self.start()
        except BaseException:
            self.stop()
            raise

    def start(self):
        script = 'mount -t tmpfs none "$1" && mkdir "$1/home" "$1/web" && exec "$2" -D -f "$3" -E "$4"'
        words = self.link.words() if self.link else []
        self.sshd = subprocess.Popen([*words, "unshare", "-m", "sh", "-c", script, "sh", str(self.world.root),
                                      shutil.which("sshd"), str(self.folder / "sshd_config"),
                                      str(self.folder / "sshd.log")])
        wait_for(f"sshd on {self.address}", lambda: "listening" in self.log())
        self.namespace = os.readlink(f"/proc/{self.sshd.pid}/ns/mnt")
        text = (EXAMPLE / "supervisor.py").read_text()
        assert '("127.0.0.1", port)' in text
        self.write("supervisor.py", text.replace('("127.0.0.1", port)', f'("{self.address}", port)'))
        self.service = subprocess.Popen(
            [*self.enter(), sys.executable, f"{self.world.root}/supervisor.py", "run",
             f"{self.world.root}/web", str(self.world.service_port)], stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True)
        assert self.service.stdout.readline().strip() == "ready"

    def stop(self):
        for process in (self.service, self.sshd):
            if process and process.poll() is None:
                process.terminate()
                process.wait(WAIT)
        if self.namespace:  # what the service or a test left there
            wait_for("an empty host", self.is_emptied)
        if self.service:
            self.service.stdout.close()
        self.sshd = self.service = self.namespace = None

    def sessions(self):
        """The processes of sshd that serve connections."""
        path = pathlib.Path(f"/proc/{self.sshd.pid}/task/{self.sshd.pid}/children")
        return [int(word) for word in path.read_text().split()]

    def replace_key(self):
        for name in ("key", "key.pub"):
            (self.folder / name).unlink()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / "key")], check=True)
        self.reread()

    def reread(self):
        """Settings and keys; connections that stand go on."""
        times = self.log().count("listening")
        self.sshd.send_signal(signal.SIGHUP)
        wait_for("sshd again", lambda: self.log().count("listening") > times)

    def fingerprint(self):
        return subprocess.run(["ssh-keygen", "-lf", str(self.folder / "key.pub")], capture_output=True, text=True,
                              check=True).stdout.split()[1]

    def log(self):
        path = self.folder / "sshd.log"
        return path.read_text() if path.exists() else ""

    def logins(self):
        return self.log().count("Accepted publickey")

    def inside(self, *words, **options):
        """A program in this host's view of the disk."""
        return subprocess.run([*self.enter(), *words], capture_output=True, text=True, timeout=WAIT, check=True,
                              **options).stdout

    def begin(self, *words):
        return subprocess.Popen([*self.enter(), *words], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def home(self, name):
        """A file in the home over there, as seen from here."""
        return pathlib.Path(f"/proc/{self.sshd.pid}/root{self.world.root}/home/{name}")

    def pause(self, name):
        """The next pause_at() of that name on this host waits."""
        self.home(f"pause-{name}").touch()

    def await_pause(self, name):
        wait_for(f"'{name}' on {self.address}", self.home(f"begun-{name}").exists)

    def let_go(self, name):
        self.home(f"go-{name}").touch()

    def forget_pause(self, name):
        for state in ("pause", "begun", "go"):
            self.home(f"{state}-{name}").unlink(missing_ok=True)

    def enter(self):
        return ["nsenter", "-t", str(self.sshd.pid), "-m", "-n"]

    def read(self, name):
        return self.inside("sh", "-c", f'cat "{self.world.root}/{name}" 2>/dev/null || :')

    def write(self, name, text):
        self.inside("tee", f"{self.world.root}/{name}", input=text)

    def version(self):
        with urllib.request.urlopen(f"http://{self.address}:{self.world.service_port}/", timeout=10) as response:
            return json.load(response)["version"]

    def live(self):
        return self.inside("sh", "-c", f'readlink "{self.world.root}/web/current" || :').strip()

    def pids(self):
        """Everything that sees this host's disk, apart from its sshd."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if os.readlink(path / "ns" / "mnt") == self.namespace and int(path.name) != self.sshd.pid:
                    found.append(int(path.name))
        return found

    def is_emptied(self):
        left = self.pids()
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return not left

    def processes(self):
        """Command lines of what commands left on this host."""
        found = []
        for pid in self.pids():
            with contextlib.suppress(OSError):
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found.append(words.strip())
        return [words for words in found if words and "sshd" not in words and "supervisor.py run" not in words
                and not words.endswith(" server.py")]

    def parts(self):
        """Half-made things on the disk: folders of commands, of transfers and of releases."""
        found = self.inside("find", str(self.world.root), "(", "-name", ".deployctl-*", "-o", "-name", "*.part", "-o",
                            "-name", "*.new", ")")
        return found.split()


class SshWorld:
    """`more`: further steps, in which ROOT is the disk; `release`: further inputs of the release; `preflight` and
    `reload`: shell text before these commands; `sshd` and `ssh`: further settings of either side; `links`: hosts
    behind links of their own, whose loss is noticed after six seconds unless `patient`; `delay`: how long each packet
    is under way on them."""

    def __init__(self, count=3, more="", release="", rolling="{ batch: 1 }", sshd="", ssh="", links=False,
                 patient=False, delay=0, preflight="", reload=""):
        self.binary = os.environ["DEPLOYCTL"]
        self.sshd = sshd
        self.rolling = rolling
        self.commands = {"preflight": preflight, "reload": reload}
        self.release = release
        self.options = "-o ServerAliveInterval=2 -o ConnectTimeout=5 " if links and not patient else ""
        self.delay = delay
        self.prefix = []
        self.clones = 0
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-ssh-"))
        self.root = self.folder / "disk"
        self.project = self.folder / "project"
        self.root.mkdir()
        self.project.mkdir()
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        self.ssh_port = free_port()
        self.service_port = free_port()
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.folder / "user")], check=True)
        self.hosts = []
        self.links = []
        try:
            for number in range(1, count + 1):
                link = self.add_link() if links else None
                self.hosts.append(SshHost(self, link.address if link else f"127.0.77.{number}", link))
        except BaseException:
            self.__exit__()
            raise
        self.write_client(ssh)
        (self.folder / "tmp").mkdir()
        self.environment = {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "HOME": str(self.folder),
                            "TMPDIR": str(self.folder / "tmp"),
                            "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_SYSTEM": "/dev/null"}
        self.write_project(more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for host in self.hosts:
            host.stop()
        for link in self.links:
            link.remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def add_link(self):
        self.links.append(SlowLink(self.delay) if self.delay else Link())
        return self.links[-1]

    def write_client(self, more):
        """ssh reads its user's real home, so the configuration comes by a program in front of it."""
        known = "".join(f"[{host.address}]:{self.ssh_port} {(host.folder / 'key.pub').read_text()}"
                        for host in self.hosts)
        (self.folder / "known_hosts").write_text(known)
        (self.folder / "ssh_config").write_text(
            f"{more}Host *\n  Port {self.ssh_port}\n  User root\n  IdentityFile {self.folder}/user\n  IdentitiesOnly yes\n"
            f"  UserKnownHostsFile {self.folder}/known_hosts\n  GlobalKnownHostsFile /dev/null\n"
            f"  KexAlgorithms curve25519-sha256\n")
        (self.folder / ".ssh").mkdir()
        (self.folder / ".ssh" / "config").symlink_to("../ssh_config")
        wrapper = self.folder / "bin" / "ssh"
        wrapper.parent.mkdir()
        refuse = "" if MULTIPLEXING else 'case " $* " in *" -M "*) echo "one connection a host was asked for" >&2; exit 99;; esac\n'
        wrapper.write_text(f'#!/bin/sh\n{refuse}exec {shutil.which("ssh")} -F {self.folder}/ssh_config {self.options}"$@"\n')
        wrapper.chmod(0o755)

    def write_project(self, more):
        shutil.copytree(EXAMPLE / "app", self.project / "app")
        server = self.project / "app" / "server.py"
        text = server.read_text()
        assert 'healthy = "greeting" in SETTINGS' in text
        text = text.replace('healthy = "greeting" in SETTINGS',
                            f'healthy = not pathlib.Path("{self.root}/sick-" + SETTINGS["version"]).exists()')
        # What a test writes on a host: versions that do not start there, and some that die a moment later.
        assert "    server = Server()\n" in text
        server.write_text(text.replace("    server = Server()\n", f"""\
    if pathlib.Path("{self.root}/broken-" + SETTINGS["version"]).exists():
        sys.exit("broken")
    server = Server()
    if pathlib.Path("{self.root}/frail-" + SETTINGS["version"]).exists():
        threading.Timer(1, lambda: signal.raise_signal(signal.SIGKILL)).start()
"""))
        (self.project / "deploy.yaml").write_text(PIPELINE % {
            "hosts": ", ".join(host.address for host in self.hosts), "root": self.root, "port": self.service_port,
            "more": more.replace("ROOT", str(self.root)), "release": "".join(f"\n      {line}" for line in self.release.splitlines()),
            "providers": PROVIDERS, "rolling": self.rolling, **self.commands})
        self.git("init", "-q", "-b", "main")

    def git(self, *words):
        subprocess.run(["git", "-C", str(self.project), "-c", "user.name=you", "-c", "user.email=you@example.com",
                        *words], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def commit(self, version):
        (self.project / "app" / "settings.json").write_text(json.dumps({"version": version}) + "\n")
        self.git("add", "-A")
        self.git("commit", "-qm", f"Release {version}")
        self.git("tag", version)

    def command(self, *words):
        return [*self.prefix, self.binary, "-C", str(self.project), *words]

    def deployctl(self, *words, timeout=300, environment=None):
        return subprocess.run(self.command(*words), capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              timeout=timeout, env={**self.environment, **(environment or {})})

    def begin(self, *words):
        return subprocess.Popen(self.command(*words), env=self.environment, text=True, stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def expect(self, code, *words, **options):
        result = self.deployctl(*words, **options)
        assert result.returncode == code, (
            f"deployctl {' '.join(words)}: expected exit {code}, got {result.returncode}\n"
            f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}")
        return result

    def own_home(self):
        """From now on commands find the SSH configuration where ssh looks for it: in the home of passwd."""
        text = pathlib.Path("/etc/passwd").read_text()
        home = next(line.split(":")[5] for line in text.splitlines() if line.startswith("root:"))
        (self.folder / "passwd").write_text(text.replace(f":{home}:", f":{self.folder}:", 1))
        self.prefix = ["unshare", "-m", "sh", "-c", f'mount --bind "{self.folder}/passwd" /etc/passwd && exec "$@"', "sh"]

    def take_over(self):
        """From now on commands are run in a second clone with a copy of the records, as on another machine, where no
        process of this one is seen."""
        self.prefix = ["unshare", "-p", "-f", "--kill-child", "--mount-proc"]
        self.move()

    def move(self):
        """From now on commands are run in a second clone with a copy of the records."""
        self.clones += 1
        clone = self.folder / f"clone{self.clones}"
        subprocess.run(["git", "clone", "-q", str(self.project), str(clone)], check=True, env=self.environment)
        shutil.copytree(self.project / ".deployctl", clone / ".deployctl", symlinks=True)
        self.project = clone

    def versions(self):
        found = []
        for host in self.hosts:
            try:
                found.append(host.version())
            except (urllib.error.URLError, OSError):
                found.append(None)
        return found

    def check_logins(self, before, wanted):
        """Logins at each host since `before`; without multiplexing each command is one."""
        found = [host.logins() - number for host, number in zip(self.hosts, before)]
        assert found == wanted or (not MULTIPLEXING and all(map(int.__ge__, found, wanted))), (found, wanted)

    def leftovers(self):
        return {host.address: left for host in self.hosts if host.sshd and (left := host.processes())}

    def await_silence(self):
        wait_for("no process of ours on a host", lambda: not self.leftovers())

    def end_controller(self, process, number=signal.SIGKILL):
        process.send_signal(number)
        process.wait(WAIT)
