"""A throwaway copy of the quickstart: a git project, a supervisor that holds the socket, and the binary under test.

The tests of this folder drive the real binary over it. The binary is named by DEPLOYCTL.
"""

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "quickstart"
MISSING_PARTS = 77  # ctest's SKIP_RETURN_CODE

VERSIONS = {
    "v1": {"version": "v1", "greeting": "hello"},
    "v2": {"version": "v2", "greeting": "good morning"},
    "v3": {"version": "v3"},  # no greeting: /healthz answers 500
}


def need(*programs):
    """Ends the test as skipped, naming what is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        print(f"SKIPPED: not on this machine: {', '.join(missing)}")
        sys.exit(MISSING_PARTS)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class World:
    def __init__(self, binary=None):
        self.binary = binary or os.environ["DEPLOYCTL"]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.project = self.folder / "project"
        self.service = self.folder / "service"
        self.port = free_port()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "QUICKSTART_ROOT": str(self.service),
            "QUICKSTART_PORT": str(self.port),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        }
        self.project.mkdir()
        self.service.mkdir()
        shutil.copytree(EXAMPLE / "app", self.project / "app")
        shutil.copy(EXAMPLE / "deploy.yaml", self.project)
        shutil.copy(EXAMPLE / "supervisor.py", self.service)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.supervisor = None
        self.start_supervisor()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop_supervisor()
        shutil.rmtree(self.folder, ignore_errors=True)

    def git(self, *words):
        subprocess.run(["git", "-C", str(self.project), "-c", "user.name=you", "-c", "user.email=you@example.com",
                        *words], check=True, env=self.environment, stdout=subprocess.DEVNULL)

    def commit(self, version):
        (self.project / "app" / "settings.json").write_text(json.dumps(VERSIONS[version]) + "\n")
        self.git("add", "-A")
        self.git("commit", "-qm", f"Release {version}")
        self.git("tag", version)

    def start_supervisor(self):
        self.supervisor = subprocess.Popen(
            [sys.executable, str(self.service / "supervisor.py"), "run", str(self.service), str(self.port)],
            stdout=subprocess.PIPE, text=True, env=self.environment)
        assert self.supervisor.stdout.readline().strip() == "ready"

    def stop_supervisor(self):
        if self.supervisor:
            self.supervisor.terminate()
            self.supervisor.wait(30)
            self.supervisor.stdout.close()
            self.supervisor = None

    def deployctl(self, *words, prefix=(), timeout=120, environment=None):
        return subprocess.run([*prefix, self.binary, "-C", str(self.project), *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=timeout,
                              env={**self.environment, **(environment or {})})

    def expect(self, code, *words, **options):
        result = self.deployctl(*words, **options)
        assert result.returncode == code, (
            f"deployctl {' '.join(words)}: expected exit {code}, got {result.returncode}\n"
            f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}")
        return result

    def answer(self, path="/"):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
            return json.load(response)

    def live_release(self):
        return os.readlink(self.service / "current")
