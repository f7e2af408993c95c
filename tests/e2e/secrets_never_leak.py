"""Sentinel secrets from every source are used by steps that print them in many forms; every byte that deployctl writes, and
the words and environment of every program it starts, is searched for every form."""

import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import tempfile
import unittest

from quickstart_world import need
from sentinels import FORMS, SENTINELS, SOPS, Matrix
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
environments:
  local: {}
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


# What a step, or who started deployctl, asked for; anything else is a leak.
DECLARED = {
    "environment of deployctl": "from_env is a variable of who started it",
    "environment of python3 printer.py": "the step's env",
    "environment of sh -ec": "the step's env",
    "deployctl -> /memfd:input": "the step's stdin, in memory",
}
RUNS = [
    ("plan", "local", "-o", "saved.plan"), ("plan", "local", "--output", "json"), ("plan", "local", "--output", "ndjson"),
    ("apply", "local", "--yes", "--event-file", "events"), ("apply", "local", "--yes", "--output", "ndjson"),
    ("apply", "local", "--yes", "--verbose"), ("apply", "local", "--yes", "--quiet"), ("apply", "local", "--yes", "--output", "json"),
    ("apply", "saved.plan", "--yes"), ("history", "local", "--output", "json"), ("status", "local", "--output", "json"),
    ("secrets", "check", "local"), ("secrets", "check", "local", "--output", "json"), ("rehearse", "local"), ("graph", "local"),
    ("validate",), ("rollback", "local", "--yes"), ("lock", "list"), ("history", "reindex"),
]


class SecretsNeverLeak(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        for name in ("secrets", "tmp", "out"):
            (self.folder / name).mkdir()
        (self.folder / "deploy.yaml").write_text(PIPELINE)
        (self.folder / "printer.py").write_text(PRINTER)
        (self.folder / "secrets" / "value.json").write_text(json.dumps({"inner": SENTINELS["from_file"]}))
        (self.folder / "secrets" / ".env").write_text(f"SENTINEL={SENTINELS['from_dotenv']}\n")
        shutil.copy(SOPS / "values.yaml", self.folder / "secrets")
        (self.folder / "secrets" / "tell.py").write_text("print('S3ntinel' + '-exec-2718')\n")
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder / "tmp"),
                            "SENTINEL": SENTINELS["from_env"], "SOPS_AGE_KEY_FILE": str(SOPS / "one.key")}

    def command(self, *words):
        return [os.environ["DEPLOYCTL"], "-C", str(self.folder), *words]

    def run_deployctl(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                              env=self.environment)

    def run_traced(self, name, words):
        """Both outputs are files, so that every pipe it writes to leads to a child."""
        out, trace = self.folder / "out", self.folder / "out" / f"{name}.trace"
        with open(out / f"{name}.stdout", "wb") as stdout, open(out / f"{name}.stderr", "wb") as stderr:
            result = subprocess.run([*TRACED, "-o", str(trace), *self.command(*words)], stdin=subprocess.DEVNULL,
                                    stdout=stdout, stderr=stderr, timeout=120, env=self.environment)
        return result.returncode, WriteTrace(trace)

    def place(self, path):
        """A file's kind: ids and digests are the same for all."""
        path = path.removeprefix(str(self.folder) + "/")
        return re.sub(r"[0-9a-f]{16,}|[0-9A-HJKMNP-TV-Z]{26}|(?<=\.)\d+(?=\.)", "ID", path)

    def look_at(self, matrix, trace):
        for (program, place), data in trace.writes.items():
            if program == "deployctl":
                matrix.look(f"deployctl -> {self.place(place)}", bytes(data))
        for program, data in trace.argv.items():
            matrix.look(f"argv of {program}", bytes(data))
        for program, data in trace.environment.items():
            matrix.look(f"environment of {program}", bytes(data))

    def test_no_form_of_a_secret_in_any_sink_that_no_step_asked_for(self):
        matrix, control = Matrix(), Matrix()
        for number, words in enumerate(RUNS):
            code, trace = self.run_traced(f"{number}-{words[0]}", words)
            self.assertNotEqual(code, 3, (self.folder / "out" / f"{number}-{words[0]}.stderr").read_text())
            self.assertTrue(trace.writes, "nothing was traced")
            self.look_at(matrix, trace)
            control.look("what the step printed", bytes(trace.writes["python3 printer.py", "pipe"]))
        for path in [self.folder / "saved.plan", self.folder / "events", *(self.folder / ".deployctl").rglob("*")]:
            if path.is_file():
                matrix.look(f"left: {self.place(str(path))}", path.read_bytes())
        print(matrix.report(DECLARED))
        self.assertEqual(matrix.leaks(DECLARED), {})
        self.assertEqual({name for name, _ in control.hits["what the step printed"]}, set(SENTINELS) - {"the key of the SOPS file"})
        self.assertEqual({form for _, form in control.hits["what the step printed"]}, set(FORMS))
        strangers = [sink for sink in matrix.sinks if sink.startswith("deployctl -> /") and "memfd:" not in sink]
        self.assertEqual(strangers, [], "files outside of its folders")
        self.assertEqual(set(DECLARED) - set(matrix.hits), set(), "declared, but nothing arrived there")

    def test_a_crash_leaves_no_secret_behind(self):
        (self.folder / "deploy.yaml").write_text(PIPELINE.replace("echo \"$SECRET_A\" >&2", "echo >begun; read line <go"))
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
        pipeline.write_text(PIPELINE[:PIPELINE.index("  fail:")])
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
