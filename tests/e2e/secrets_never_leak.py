"""Sentinel secrets from every source are used by steps that print them in many forms; every byte that deployctl writes, shows on
a terminal, tells a job at GitHub or sends in a notice, and the words and environment of every program it starts, is searched
for every form."""

import contextlib
import json
import os
import pathlib
import pty
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from quickstart_world import need
from sentinels import FORMS, SENTINELS, SOPS, Matrix
from store_servers import Service, StoreServer
from write_trace import COMMAND as TRACED
from write_trace import WriteTrace

PRINTER = r"""
import base64, json, os, sys, urllib.parse
for name in sorted(os.environ):
    if name.startswith("SECRET_"):
        value = os.environ[name]
        print(value)
        print("prefix" + value + "suffix", file=sys.stderr)
        print(*(base64.b64encode(front + value.encode()).decode() for front in (b"", b":", b"u:")))
        print(urllib.parse.quote(value, safe=""), urllib.parse.quote_plus(value), json.dumps(value), json.dumps(value, ensure_ascii=False))
        print(value.encode().hex(), value.encode().hex().upper(), value.replace("'", "'\\''"))
        for letter in value:
            sys.stdout.write(letter)
            sys.stdout.flush()
        print()
print(sys.stdin.read())
"""
PIPELINE = """
version: 1
project: sentinels
secrets:
  from_env: env://SENTINEL
  from_file: "file://secrets/value.json#/inner"
  from_dotenv: dotenv://secrets/.env#SENTINEL
  from_exec: exec://python3 secrets/tell.py
  from_sops: sops://secrets/values.yaml#/db/password
  of_a_notice: env://NOTICE
environments:
  local: {}
notify:
  - { uses: webhook.post, with: { url: RECORDER/hook }, events: [started, succeeded, failed, rolled_back] }
  - uses: slack.message
    with: { token: "${secrets.of_a_notice}", channel: C0, api: RECORDER/slack, messages: { failed: "it failed: ${event.error} ${event.help}" } }
    events: [started, succeeded, failed, rolled_back]
steps:
  speak:
    uses: exec.run
    with:
      command: [python3, printer.py]
      env:
        SECRET_A: "${secrets.from_env}"
        SECRET_B: "${secrets.from_file}"
        SECRET_C: "${secrets.from_dotenv}"
        SECRET_D: "${secrets.from_exec}"
        SECRET_E: "${secrets.from_sops}"
        SECRET_URL: "postgres://app:${secrets.from_dotenv}@db/app"
      stdin: "${secrets.from_exec}"
  fail:
    uses: exec.run
    needs: [speak]
    with:
      script: |
        echo "$SECRET_A" >&2
        exit 3
      env: { SECRET_A: "${secrets.from_env}" }
"""


PRINTED = set(SENTINELS) - {"the key of the SOPS file", "of_a_notice"}
# By sink, the secrets that a step, or who started deployctl, asked to be there; anything else is a leak.
DECLARED = {
    "environment of deployctl": ({"from_env", "of_a_notice"}, "variables of who started it"),
    "environment of python3 printer.py": (PRINTED, "the step's env"),
    "environment of sh -ec": ({"from_env"}, "the step's env"),
    "deployctl -> /memfd:input": ({"from_exec"}, "the step's stdin, in memory"),
    "deployctl -> socket": ({"of_a_notice"}, "who the service of a notice is told to trust"),
    "a job's add-mask": (set(SENTINELS) - {"the key of the SOPS file"}, "how GitHub is told what it must not show"),
}
RUNS = [
    ("plan", "local", "-o", "saved.plan"), ("plan", "local", "--output", "json"), ("plan", "local", "--output", "ndjson"),
    ("apply", "local", "--yes", "--event-file", "events"), ("apply", "local", "--yes", "--output", "ndjson"),
    ("apply", "local", "--yes", "--verbose"), ("apply", "local", "--yes", "--quiet"), ("apply", "local", "--yes", "--output", "json"),
    ("apply", "saved.plan", "--yes"), ("history", "local", "--output", "json"), ("status", "local", "--output", "json"),
    ("secrets", "check", "local"), ("secrets", "check", "local", "--output", "json"), ("rehearse", "local"), ("graph", "local"),
    ("validate",), ("rollback", "local", "--yes"), ("lock", "list"), ("history", "reindex"), ("lint",), ("permissions", "local"),
    ("logs", "last"), ("logs", "last", "speak"), ("logs", "last", "--output", "json"), ("report", "last", "-o", "report.html"),
    ("doctor", "local"),
]
WATCHED = [("plan", "local"), ("apply", "local", "--yes"), ("apply", "local", "--yes", "--verbose"), ("logs", "last")]


class Recorder(Service):
    """The services of the notices."""

    def answer(self, call):
        return 200, {"ok": True, "channel": "C0", "ts": "1.1"}

    def told(self):
        """By service, all it was told but who tells it."""
        by_service = {}
        for call in self.calls:
            headers = "".join(f"{name}: {value}\n" for name, value in call.headers.items() if name != "Authorization")
            by_service.setdefault(call.path.split("/")[1], bytearray()).extend(f"{call.name}\n{headers}".encode() + call.body)
        return by_service


class Reading:
    """All that comes out of a descriptor, read until its last writer is gone."""

    def __init__(self, descriptor):
        self.data = bytearray()
        self.descriptor = descriptor
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        with contextlib.suppress(OSError):  # what a terminal says at its end
            while chunk := os.read(self.descriptor, 65536):
                self.data += chunk

    def all(self):
        self.thread.join(60)
        os.close(self.descriptor)
        return bytes(self.data)


class SecretsNeverLeak(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        for name in ("secrets", "tmp", "out"):
            (self.folder / name).mkdir()
        self.recorder = Recorder()
        self.pipeline = PIPELINE.replace("RECORDER", self.enterContext(StoreServer(self.recorder)).url)
        (self.folder / "deploy.yaml").write_text(self.pipeline)
        (self.folder / "printer.py").write_text(PRINTER)
        (self.folder / "secrets" / "value.json").write_text(json.dumps({"inner": SENTINELS["from_file"]}))
        (self.folder / "secrets" / ".env").write_text(f"SENTINEL={SENTINELS['from_dotenv']}\n")
        shutil.copy(SOPS / "values.yaml", self.folder / "secrets")
        (self.folder / "secrets" / "tell.py").write_text("print('S3ntinel' + '-exec-2718')\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp"),
                            "SENTINEL": SENTINELS["from_env"], "NOTICE": SENTINELS["of_a_notice"],
                            "SOPS_AGE_KEY_FILE": str(SOPS / "one.key")}

    def command(self, *words):
        return [os.environ["DEPLOYCTL"], "-C", str(self.folder), *words]

    def run_deployctl(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                              env=self.environment)

    def traced(self, name, words, stdout, stderr, **variables):
        trace = self.folder / "out" / f"{name}.trace"
        result = subprocess.run([*TRACED, "-o", str(trace), *self.command(*words)], stdin=subprocess.DEVNULL, stdout=stdout,
                                stderr=stderr, timeout=300, env={**self.environment, **variables})
        return result.returncode, WriteTrace(trace)

    def run_traced(self, name, words):
        """Both outputs are files, so that every pipe it writes to leads to a child."""
        out = self.folder / "out"
        with open(out / f"{name}.stdout", "wb") as stdout, open(out / f"{name}.stderr", "wb") as stderr:
            return self.traced(name, words, stdout, stderr)

    def run_on_a_terminal(self, name, words):
        master, slave = pty.openpty()
        reading = Reading(master)
        with open(slave, "wb", buffering=0) as terminal:
            _, trace = self.traced(name, words, terminal, terminal, TERM="xterm")
        return reading.all(), trace

    def run_in_a_job(self, name, words):
        """What the log of a job at GitHub says: the commands that mask, and the rest."""
        path = self.folder / "out" / f"{name}.fifo"
        os.mkfifo(path)
        end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with open(path, "wb", buffering=0) as log:
            os.set_blocking(end, True)
            reading = Reading(end)
            _, trace = self.traced(name, words, log, log, GITHUB_ACTIONS="true", CI="true", GITHUB_WORKSPACE=str(self.folder),
                                   GITHUB_STEP_SUMMARY=str(self.folder / "summary"), GITHUB_OUTPUT=str(self.folder / "outputs"))
        lines = reading.all().splitlines(keepends=True)
        masks = [line for line in lines if line.startswith(b"::add-mask::")]
        return b"".join(masks), b"".join(line for line in lines if line not in masks), trace

    def place(self, path):
        """A file's kind: ids and digests are the same for all."""
        path = path.removeprefix(str(self.folder) + "/")
        return re.sub(r"[0-9a-f]{16,}|[0-9A-HJKMNP-TV-Z]{26}|(?<=\.)\d+(?=\.)", "ID", path)

    def look_at(self, matrix, trace):
        """What stood in a log of a job or on a terminal is looked at there."""
        for program, where in list(trace.writes):
            if where.startswith("/dev/pts/") or where.endswith(".fifo"):
                del trace.writes[program, where]
        matrix.look_at(trace, "deployctl", self.place, "deployctl")

    def test_no_form_of_a_secret_in_any_sink_that_no_step_asked_for(self):
        matrix, control = Matrix(), Matrix()
        for number, words in enumerate(RUNS):
            code, trace = self.run_traced(f"{number}-{words[0]}", words)
            if words[0] != "lint":
                self.assertNotEqual(code, 3, (self.folder / "out" / f"{number}-{words[0]}.stderr").read_text())
            self.assertTrue(trace.writes, "nothing was traced")
            control.look("what the step printed", bytes(trace.writes["python3 printer.py", "pipe"]))
            self.look_at(matrix, trace)
        for number, words in enumerate(WATCHED):
            shown, trace = self.run_on_a_terminal(f"{number}-terminal", words)
            self.assertTrue(shown)
            matrix.look(f"a terminal: {words[0]}", shown)
            self.look_at(matrix, trace)
            masks, log, trace = self.run_in_a_job(f"{number}-job", words)
            matrix.look("a job's add-mask", masks)
            matrix.look(f"a job's log: {words[0]}", log)
            self.look_at(matrix, trace)
        for service, told in self.recorder.told().items():
            matrix.look(f"a notice: {service}", bytes(told))
        for name in ("saved.plan", "events", "report.html", "summary", "outputs"):
            matrix.look(f"left: {name}", (self.folder / name).read_bytes())
        for path in (self.folder / ".deployctl").rglob("*"):
            if path.is_file():
                matrix.look(f"left: {self.place(str(path))}", path.read_bytes())
        print(matrix.report(DECLARED))
        self.assertEqual(matrix.leaks(DECLARED), {})
        self.assertEqual({name for name, _ in control.hits["what the step printed"]}, PRINTED)
        self.assertEqual({form for _, form in control.hits["what the step printed"]}, set(FORMS))
        self.assertLessEqual({"a notice: hook", "a notice: slack"}, set(matrix.sinks))
        strangers = [sink for sink in matrix.sinks if sink.startswith("deployctl -> /") and "memfd:" not in sink]
        self.assertEqual(strangers, [], "files outside of its folders")
        self.assertEqual(matrix.missing(DECLARED), {})

    def test_a_crash_leaves_no_secret_behind(self):
        (self.folder / "deploy.yaml").write_text(self.pipeline.replace("echo \"$SECRET_A\" >&2", "echo >begun; read line <go"))
        for name in ("begun", "go"):
            os.mkfifo(self.folder / name)
        matrix = Matrix()
        process = subprocess.Popen(self.command("apply", "local", "--yes"), env=self.environment, cwd=self.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (-1, -1)))
        with open(self.folder / "begun", encoding="utf-8") as begun:
            begun.read()
        limits = pathlib.Path(f"/proc/{process.pid}/limits").read_text()
        process.send_signal(signal.SIGSEGV)
        stdout, stderr = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 70, stderr)
        self.assertRegex(limits, r"Max core file size +0 +0 ")
        matrix.look("stdout", stdout)
        matrix.look("stderr", stderr)
        given = {self.folder / "secrets" / name for name in ("value.json", ".env", "values.yaml")}
        for path in self.folder.rglob("*"):
            if path.is_file() and path not in given:
                matrix.look(f"left: {self.place(str(path))}", path.read_bytes())
        print(matrix.report({}))
        self.assertEqual(matrix.leaks({}), {})

    def test_a_plan_tells_that_a_secret_was_rotated_without_its_value(self):
        pipeline = self.folder / "deploy.yaml"
        pipeline.write_text(self.pipeline[:self.pipeline.index("  fail:")])
        self.assertEqual(self.run_deployctl("apply", "local", "--yes").returncode, 0)
        self.assertEqual(self.run_deployctl("plan", "local", "--detailed-exitcode").returncode, 0)
        (self.folder / "secrets" / ".env").write_text("SENTINEL=another-value-1234\n")
        planned = self.run_deployctl("plan", "local", "--detailed-exitcode")
        self.assertEqual(planned.returncode, 2, planned.stdout.decode())
        self.assertIn(b"from_dotenv", planned.stdout)
        self.assertIn(b"rotated", planned.stdout)
        self.assertNotIn(b"another-value-1234", planned.stdout + planned.stderr)


if __name__ == "__main__":
    need("python3", "strace")
    unittest.main(verbosity=2)
