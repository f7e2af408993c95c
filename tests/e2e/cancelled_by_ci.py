"""Cancelled as CI runners do it, ten times faster: SIGINT, SIGTERM after 0.75 s, SIGKILL 0.25 s later.

Whatever of it the process lives to see, its journal is whole, and `resume` completes the run.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from journal_reader import open_intents, records

PIPELINE = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  first:
    uses: file.put
    with: { path: "ROOT/first", content: "1" }
  slow:
    uses: exec.run
    needs: [first]
    with: { command: [sh, -c, "SCRIPT"], effect: EFFECT }
  last:
    uses: file.put
    needs: [slow]
    with: { path: "ROOT/last", content: "1" }
"""
UNTIL_GO = "touch ROOT/started; while [ -e ROOT/started ] && [ ! -e ROOT/go ]; do sleep 0.05; done; echo done >> ROOT/count"


class Cancelled(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-ci-"))
        self.addCleanup(shutil.rmtree, self.root, ignore_errors=True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.root), "CI": "true", "LANG": "C.UTF-8"}

    def begin(self, script, effect):
        pipeline = PIPELINE.replace("SCRIPT", script).replace("EFFECT", effect).replace("ROOT", str(self.root))
        (self.root / "deploy.yaml").write_text(pipeline)
        process = subprocess.Popen([os.environ["DEPLOYCTL"], "apply", "local", "--yes"], cwd=self.root, text=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   env=self.environment)
        while not (self.root / "started").exists():
            self.assertIsNone(process.poll(), "it ended before it was cancelled")
            self.pause(process, 0.02)
        return process

    @staticmethod
    def pause(process, seconds):
        """Not longer than the process lives."""
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def cancel(self, process):
        process.send_signal(signal.SIGINT)
        self.pause(process, 0.75)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            self.pause(process, 0.25)
        if process.poll() is None:
            process.kill()
        out, _ = process.communicate(timeout=30)
        return out

    def journal(self):
        path, = (self.root / ".deployctl" / "runs").glob("*.journal")
        return path

    def finish(self, *words):
        (self.root / "go").touch()
        result = subprocess.run([os.environ["DEPLOYCTL"], *words], cwd=self.root, text=True, capture_output=True,
                                stdin=subprocess.DEVNULL, env=self.environment, timeout=60)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertTrue((self.root / "last").exists())
        self.assertEqual(open_intents(self.journal()), set())
        self.assertEqual(records(self.journal())[-1][0], "committed")

    def test_the_first_signal_ends_a_command_and_the_run_at_a_safe_point(self):
        process = self.begin(UNTIL_GO, "repeatable")
        out = self.cancel(process)
        self.assertEqual(process.returncode, 130, out)
        self.assertIn("signal", [name for name, _ in records(self.journal())])
        self.assertFalse((self.root / "last").exists())
        self.finish("resume")
        self.assertEqual((self.root / "count").read_text().count("done"), 1)

    def test_a_command_that_ignores_signals_is_found_again_by_its_intent(self):
        process = self.begin("trap '' INT TERM; " + UNTIL_GO, "repeatable")
        out = self.cancel(process)
        self.assertIn(process.returncode, (130, 143, -signal.SIGKILL), out)
        self.assertFalse((self.root / "last").exists())
        self.assertLessEqual({place[0] for place in open_intents(self.journal())}, {"slow"})
        self.finish("resume")

    def test_terminated_alone_ends_with_143_within_its_three_seconds(self):
        process = self.begin(UNTIL_GO, "none")
        process.terminate()
        self.pause(process, 4.5)
        self.assertEqual(process.poll(), 128 + signal.SIGTERM)
        process.communicate()
        self.finish("resume")

    def test_killed_at_once_a_person_decides_about_what_cannot_be_asked(self):
        process = self.begin(UNTIL_GO, "once")
        process.kill()
        process.communicate()
        self.assertEqual({place[0] for place in open_intents(self.journal())}, {"slow"})
        result = subprocess.run([os.environ["DEPLOYCTL"], "resume"], cwd=self.root, capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, env=self.environment, timeout=60)
        self.assertEqual(result.returncode, 11, result.stderr)
        self.finish("recover", "--assume", "slow=not-done")


if __name__ == "__main__":
    if sys.platform != "linux":
        sys.exit(77)
    unittest.main(verbosity=2)
