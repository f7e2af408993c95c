"""Interrupts of the binary with work under way: what is left behind, and what a timeout winds down."""

import os
import pathlib
import signal
import unittest

from exit_codes import WAITING, wait_for
from project import Project

DEAF = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  tool:
    uses: exec.run
    with:
      effect: once
      script: |
        trap '' TERM INT HUP
        echo $$ > ROOT/pid
        touch ROOT/started
        until [ -e ROOT/go ]; do sleep 0.02; done
"""


def is_alive(pid):
    return pathlib.Path(f"/proc/{pid}").exists()


class Interrupts(unittest.TestCase):
    def test_a_child_that_heeds_no_signal_is_left_behind(self):
        with Project(DEAF) as project:
            process = project.start("apply", "local", "--yes")
            wait_for(project.root / "started", process)
            pid = int((project.root / "pid").read_text())
            try:
                process.send_signal(signal.SIGINT)
                process.send_signal(signal.SIGTERM)
                out, err = process.communicate(timeout=30)
                self.assertEqual(process.returncode, 130, out + err)
                self.assertTrue(is_alive(pid), "the child was waited for")
                self.assertRegex(err, "unknown: +tool")
            finally:
                (project.root / "go").touch()
            self.assertIn("decide:", project.expect(11, "apply", "local", "--yes").stderr)

    def test_a_timeout_winds_down(self):
        with Project(WAITING) as project:
            result = project.expect(143, "apply", "local", "--yes", "--timeout", "300ms")
            self.assertIn("--timeout: nothing new starts", result.stderr)
            (project.root / "go").touch()
            project.expect(0, "apply", "local", "--yes")


if __name__ == "__main__":
    os.environ.setdefault("PYTHONDONTWRITEBYTECODE", "1")
    unittest.main(verbosity=2)
