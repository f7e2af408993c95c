"""A dockerd of our own in a folder of its own, an image made here from this machine's busybox, and projects that deploy
to it. No network of the engine's: no bridge, no rules of the firewall. Needs root; what is started here is ended here, by
its number.
"""

import contextlib
import hashlib
import http.client
import io
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse

from quickstart_world import MISSING_PARTS, need
from waiting import WAIT, wait_for

CHANGES = ("POST", "DELETE", "PUT")


def need_engine():
    need("dockerd", "containerd", "runc", "busybox")
    if os.geteuid() != 0:
        print("SKIPPED: a dockerd of one's own needs root")
        sys.exit(MISSING_PARTS)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker", timeout=WAIT)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def tar_of(entries):
    """Files by name: bytes, or a link's target as text."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in entries.items():
            info = tarfile.TarInfo(name)
            if isinstance(content, str):
                info.type, info.linkname = tarfile.SYMTYPE, content
            info.mode = 0o755
            info.size = 0 if isinstance(content, str) else len(content)
            tar.addfile(info, None if isinstance(content, str) else io.BytesIO(content))
    return out.getvalue()


def busybox_layer():
    """This machine's busybox with the libraries it needs, and a name for each of its programs."""
    program = shutil.which("busybox")
    entries = {"bin/busybox": pathlib.Path(program).read_bytes()}
    for path in re.findall(r"(/\S+) \(0x", subprocess.run(["ldd", program], capture_output=True, text=True,
                                                          check=False).stdout):
        entries[path.lstrip("/")] = pathlib.Path(path).read_bytes()
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for name in listed:
        entries.setdefault(f"bin/{name}", "busybox")
    return tar_of(entries)


def save(path, settings=None, architecture=None):
    """An archive as `docker save` writes it; gives the engine's id of the image."""
    layer = busybox_layer()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    config = json.dumps({"architecture": architecture or machine, "os": "linux",
                         "config": {"Env": ["PATH=/bin"], "Cmd": ["true"], **(settings or {})},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}).encode()
    digest = hashlib.sha256(config).hexdigest()
    listing = [{"Config": digest + ".json", "RepoTags": None, "Layers": ["layer.tar"]}]
    pathlib.Path(path).write_bytes(
        tar_of({"layer.tar": layer, digest + ".json": config, "manifest.json": json.dumps(listing).encode()}))
    return "sha256:" + digest


class Engine:
    """`words` stand before dockerd: the network namespace that it is to be in."""

    def __init__(self, folder, words=()):
        self.folder = folder
        folder.mkdir()
        self.socket = folder / "docker.sock"
        (folder / "daemon.json").write_text("{}")
        self.log_path = folder / "dockerd.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [*words, "dockerd", "--config-file", folder / "daemon.json", "--data-root", folder / "data", "--exec-root",
                 folder / "exec", "--pidfile", folder / "dockerd.pid", "-H", f"unix://{self.socket}", "--bridge=none",
                 "--iptables=false", "--ip6tables=false", "--storage-driver=vfs", "--log-level=debug"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        wait_for("dockerd", lambda: self.answers() or self.process.poll() is not None)
        if self.process.poll() is not None:
            print(f"SKIPPED: dockerd does not run here: {self.log().splitlines()[-1:]}")
            self.stop()
            sys.exit(MISSING_PARTS)

    def answers(self):
        try:
            return self.ask("GET", "/_ping")[0] == 200
        except OSError:
            return False

    def ask(self, method, path, body=None, kind="application/json"):
        """Status and answer of one call."""
        with contextlib.closing(UnixConnection(self.socket)) as connection:
            connection.request(method, path, body, {"Content-Type": kind})
            response = connection.getresponse()
            return response.status, response.read()

    def load(self, path):
        status, said = self.ask("POST", "/images/load", pathlib.Path(path).read_bytes(), "application/x-tar")
        assert status == 200 and b'"error"' not in said, said

    def containers(self, **labels):
        filters = json.dumps({"label": [f"deployctl.{name}={text}" for name, text in labels.items()]})
        status, said = self.ask("GET", "/containers/json?all=1&filters=" + urllib.parse.quote(filters))
        assert status == 200, said
        return json.loads(said)

    def inspect(self, name):
        status, said = self.ask("GET", f"/containers/{name}/json")
        assert status == 200, said
        return json.loads(said)

    def info(self):
        return json.loads(self.ask("GET", "/info")[1])

    def log(self):
        return self.log_path.read_text(errors="replace")

    def changes(self):
        """The calls so far that change something, apart from waiting."""
        calls = re.findall(r"Calling (\w+) (\S+?)\"", self.log())
        return [(method, path) for method, path in calls if method in CHANGES and not path.endswith("/wait")]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(WAIT)
        mounts = [line.split()[1] for line in pathlib.Path("/proc/self/mounts").read_text().splitlines()]
        for path in sorted((path for path in mounts if path.startswith(f"{self.folder}/")), reverse=True):
            subprocess.run(["umount", "-l", path], check=False)


class DockerWorld:
    """One engine and a folder for projects."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-docker-"))
        self.engine = None
        try:
            self.engine = Engine(self.folder / "engine")
            self.archive = self.folder / "busybox.tar"
            self.image = save(self.archive)
            self.engine.load(self.archive)
        except BaseException:
            self.__exit__()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.engine:
            self.engine.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def project(self, name, steps, more=""):
        return Project(self, name, steps, more)


class Project:
    def __init__(self, world, name, steps, more=""):
        self.world = world
        self.folder = world.folder / name
        self.folder.mkdir()
        self.name = name
        self.write(steps, more)

    def write(self, steps, more=""):
        (self.folder / "deploy.yaml").write_text(
            f"version: 1\nproject: {self.name}\n"
            f"providers:\n  docker: {{ socket: {self.world.engine.socket} }}\n{more}"
            f"environments:\n  production: {{ hosts: {{ web: [local] }} }}\nsteps:\n{steps}")

    def environment(self, extra=None):
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), **(extra or {})}

    def begin(self, *words, environment=None):
        return subprocess.Popen([os.environ["DEPLOYCTL"], "-C", str(self.folder), *words], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                env=self.environment(environment))

    def deployctl(self, *words, environment=None, timeout=300):
        return subprocess.run([os.environ["DEPLOYCTL"], "-C", str(self.folder), *words], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, env=self.environment(environment))

    def expect(self, code, *words, **options):
        result = self.deployctl(*words, **options)
        assert result.returncode == code, (f"deployctl {' '.join(words)}: expected exit {code}, got {result.returncode}\n"
                                           f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}")
        return result
