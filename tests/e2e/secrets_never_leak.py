"""Sentinel secrets from every source are used by steps that print them in many forms; afterwards every output, every file
that deployctl wrote and every argv seen while it ran is searched for every form."""

import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import threading
import unittest
import urllib.parse

from quickstart_world import need

SOPS = pathlib.Path(__file__).resolve().parents[1] / "formats" / "sops"
SENTINELS = {
    "from_env": "S3nt!nel-env/4711+x=y",
    "from_file": "S3nt'inel \"file\" ünicode & more",
    "from_dotenv": "S3ntinel-dotenv-0815",
    "from_exec": "S3ntinel-exec-2718",
    "from_sops": 'correct horse: "battery"',
    "the key of the SOPS file": (SOPS / "one.key").read_text().split()[-1],
}
PRINTER = r"""
import base64, json, os, sys, urllib.parse
for name in sorted(os.environ):
    if name.startswith("SECRET_"):
        value = os.environ[name]
        print(value)
        print("prefix" + value + "suffix", file=sys.stderr)
        print(base64.b64encode(value.encode()).decode(), base64.b64encode(b"u:" + value.encode()).decode())
        print(urllib.parse.quote(value, safe=""), json.dumps(value), value.encode().hex(), value.encode().hex().upper())
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


def forms(value):
    raw = value.encode()
    yield raw
    yield base64.b64encode(raw).rstrip(b"=")[:-1]
    yield base64.b64encode(b"u:" + raw).rstrip(b"=")[4:-2]
    yield urllib.parse.quote(value, safe="").encode()
    yield json.dumps(value).strip('"').encode()
    yield json.dumps(value, ensure_ascii=False).strip('"').encode()
    yield raw.hex().encode()
    yield raw.hex().upper().encode()


class ArgumentsSeen(threading.Thread):
    """Collects /proc/*/cmdline until stopped."""

    def __init__(self):
        super().__init__()
        self.stopped = threading.Event()
        self.seen = set()

    def run(self):
        while not self.stopped.wait(0.005):
            for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self.seen.add(entry.read_bytes())
                except OSError:
                    continue


class SecretsNeverLeak(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-e2e-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        (self.folder / "secrets").mkdir()
        (self.folder / "deploy.yaml").write_text(PIPELINE)
        (self.folder / "printer.py").write_text(PRINTER)
        (self.folder / "secrets" / "value.json").write_text(json.dumps({"inner": SENTINELS["from_file"]}))
        (self.folder / "secrets" / ".env").write_text(f"SENTINEL={SENTINELS['from_dotenv']}\n")
        shutil.copy(SOPS / "values.yaml", self.folder / "secrets")
        (self.folder / "secrets" / "tell.py").write_text("print('S3ntinel' + '-exec-2718')\n")

    def run_deployctl(self, *words):
        return subprocess.run([os.environ["DEPLOYCTL"], "-C", str(self.folder), *words], capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=60,
                              env={"PATH": os.environ["PATH"], "HOME": str(self.folder),
                                   "SENTINEL": SENTINELS["from_env"],
                                   "SOPS_AGE_KEY_FILE": str(SOPS / "one.key")})

    def assert_clean(self, where, data):
        for name, value in SENTINELS.items():
            for form in forms(value):
                self.assertNotIn(form, data, f"{name} leaked into {where}")

    def test_no_form_of_a_secret_anywhere(self):
        watcher = ArgumentsSeen()
        watcher.start()
        try:
            results = {
                "plan": self.run_deployctl("plan", "local", "-o", str(self.folder / "saved.plan")),
                "plan json": self.run_deployctl("plan", "local", "--output", "json"),
                "apply": self.run_deployctl("apply", "local", "--yes", "--event-file", str(self.folder / "events")),
                "apply ndjson": self.run_deployctl("apply", "local", "--yes", "--output", "ndjson"),
                "apply verbose": self.run_deployctl("apply", "local", "--yes", "--verbose"),
                "history": self.run_deployctl("history", "local", "--output", "json"),
                "secrets check": self.run_deployctl("secrets", "check", "local"),
                "status": self.run_deployctl("status", "local", "--output", "json"),
            }
        finally:
            watcher.stopped.set()
            watcher.join()
        self.assertNotIn(results["apply"].returncode, (0, 3), results["apply"].stderr.decode())
        self.assertIn(b"[secret:", results["apply"].stdout + results["apply"].stderr, "the steps did print them")
        for name, result in results.items():
            self.assert_clean(name, result.stdout + result.stderr)
        for path in [self.folder / "saved.plan", self.folder / "events", *(self.folder / ".deployctl").rglob("*")]:
            if path.is_file() and path.name != "key":
                self.assert_clean(path.relative_to(self.folder), path.read_bytes())
        for argv in watcher.seen:
            self.assert_clean("an argv", argv)

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
    need("python3")
    unittest.main(verbosity=2)
