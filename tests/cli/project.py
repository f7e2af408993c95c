"""A throwaway project for tests that drive the binary named by DEPLOYCTL: files, a private HOME, no CI variables."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile

# Waits until a test lets it go on; what outlives its test ends with its folder.
UNTIL_GO = "touch ROOT/started; while [ -e ROOT/started ] && [ ! -e ROOT/go ]; do sleep 0.05; done"

MISSING_PARTS = 77  # ctest's SKIP_RETURN_CODE

PIPELINE = """\
version: 1
project: hello
vars: { greeting: hello }
environments:
  local: { hosts: { here: [local] } }
  guarded: { protected: true, hosts: { here: [local] } }
steps:
  test:
    uses: exec.run
    with: { command: [sh, -c, "true"], effect: none }
  motd:
    uses: file.put
    needs: [test]
    with: { path: "ROOT/${environment}/motd", content: "${vars.greeting}" }
"""


class Project:
    def __init__(self, pipeline=PIPELINE):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-cli-"))
        self.place = self.folder / "project"
        self.root = self.folder / "root"
        self.home = self.folder / "home"
        for folder in (self.place, self.root, self.home):
            folder.mkdir()
        self.write(pipeline)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TERM": "xterm", "LANG": "C.UTF-8"}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, pipeline):
        (self.place / "deploy.yaml").write_text(pipeline.replace("ROOT", str(self.root)))

    def edit(self, old, new):
        text = (self.place / "deploy.yaml").read_text()
        assert old in text, f"'{old}' is not in the pipeline"
        (self.place / "deploy.yaml").write_text(text.replace(old, new))

    def git(self, *words):
        """Standard output of git in the project's folder."""
        who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.com")
        return subprocess.run(["git", "-C", str(self.place), *who, *words], check=True, capture_output=True, text=True,
                              env=self.environment).stdout.strip()

    def git_commit(self, title):
        """Commits everything, in a repository that is made if need be; gives the commit's name."""
        if not (self.place / ".git").exists():
            self.git("init", "-qb", "main")
        self.git("add", "-A")
        self.git("commit", "-qm", title)
        return self.git("rev-parse", "HEAD")

    def argv(self, *words):
        return [os.environ["DEPLOYCTL"], *words]

    def run(self, *words, environment=None, stdin=subprocess.DEVNULL, timeout=60, **process):
        return subprocess.run(self.argv(*words), cwd=self.place, capture_output=True, text=True, stdin=stdin,
                              timeout=timeout, env={**self.environment, **(environment or {})}, **process)

    def start(self, *words):
        return subprocess.Popen(self.argv(*words), cwd=self.place, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                stdin=subprocess.DEVNULL, text=True, env=self.environment)

    def expect(self, code, *words, **options):
        result = self.run(*words, **options)
        assert result.returncode == code, (
            f"deployctl {' '.join(words)}: expected exit {code}, got {result.returncode}\n"
            f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}")
        return result

    def document(self, code, *words, **options):
        """The one JSON document of a command: anything else on standard output fails."""
        result = self.expect(code, *words, "--output", "json", **options)
        return json.loads(result.stdout)
