"""Without a terminal, as cron and timers run it: nothing but PATH, silence on success, one report on failure, no overlap."""

import os
import pathlib
import re
import subprocess
import time
import unittest

from project import Project, UNTIL_GO

PACKAGING = pathlib.Path(__file__).resolve().parents[2] / "packaging"

SLOW = f"""\
version: 1
project: hello
environments:
  local: {{ hosts: {{ here: [local] }} }}
steps:
  wait:
    uses: exec.run
    with: {{ script: "{UNTIL_GO}", always: true }}
"""


def command_of(text):
    """The words behind 'deployctl' of the example, for the environment of these tests."""
    return re.search(r"deployctl (apply .*)", text).group(1)


class Unattended(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def cron(self, words):
        """As cron starts it: sh, a short PATH, no HOME, no terminal, standard input closed."""
        return subprocess.run(["/bin/sh", "-c", " ".join([os.environ["DEPLOYCTL"], words])], cwd="/", env={"PATH": "/usr/bin:/bin"},
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)

    def words(self, text):
        words = command_of(text).replace("production", "local").replace(" -C /srv/checkouts/shop", "")
        return f"{words} -C {self.project.place}"

    def test_the_examples_are_silent_on_success_and_report_once_on_failure(self):
        for file in ("cron/deployctl.cron", "systemd/deployctl-nightly.service"):
            with self.subTest(file=file):
                words = self.words((PACKAGING / file).read_text())
                result = self.cron(words)
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
                result = self.cron(words)  # nothing to do
                self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.project.edit('sh, -c, "true"', 'sh, -c, "echo no room >&2; exit 3"')
        failed = self.cron(words)
        self.assertEqual((failed.returncode, failed.stdout), (1, ""))
        self.assertEqual(failed.stderr.count("no target was changed"), 1, failed.stderr)
        self.assertIn("no room", failed.stderr)

    def test_overlapping_runs_skip(self):
        self.project.write(SLOW.replace(", always: true", ""))
        words = self.words((PACKAGING / "cron/deployctl.cron").read_text())
        first = self.project.start("apply", "local", "--yes")
        self.addCleanup(first.kill)
        while not (self.project.root / "started").exists():  # the first one holds the lock
            self.assertIsNone(first.poll())
            time.sleep(0.05)
        second = self.cron(words)
        self.assertEqual((second.returncode, second.stdout, second.stderr), (0, "", ""))
        (self.project.root / "go").touch()
        _, said = first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0, said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
