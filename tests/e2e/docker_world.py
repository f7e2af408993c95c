"""A dockerd of our own in a folder of its own, and an image made here from this machine's busybox. No network of the
engine's: no bridge, no rules of the firewall. Needs root; what is started here is ended here, by its number.
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

from quickstart_world import MISSING_PARTS, need
from waiting import WAIT, wait_for


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


def save(path, settings=None):
    """An archive as `docker save` writes it; gives the engine's id of the image."""
    layer = busybox_layer()
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    config = json.dumps({"architecture": machine, "os": "linux",
                         "config": {"Env": ["PATH=/bin"], "Cmd": ["true"], **(settings or {})},
                         "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}).encode()
    digest = hashlib.sha256(config).hexdigest()
    listing = [{"Config": digest + ".json", "RepoTags": None, "Layers": ["layer.tar"]}]
    pathlib.Path(path).write_bytes(
        tar_of({"layer.tar": layer, digest + ".json": config, "manifest.json": json.dumps(listing).encode()}))
    return "sha256:" + digest


class Engine:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.socket = folder / "docker.sock"
        (folder / "daemon.json").write_text("{}")
        self.log_path = folder / "dockerd.log"
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                ["dockerd", "--config-file", folder / "daemon.json", "--data-root", folder / "data", "--exec-root",
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
    """One engine that has the image."""

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
