"""Two runs at once: one holds the lock, the other is told by whom, waits, or skips."""

import json
import unittest

from exit_codes import WAITING, wait_for
from project import Project


class Locks(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project(WAITING.replace("effect: none", "effect: repeatable")))
        self.first = self.project.start("apply", "local", "--yes")
        self.addCleanup(self.end_first)
        wait_for(self.project.root / "started", self.first)

    def end_first(self):
        if self.first.poll() is None:
            (self.project.root / "go").touch()
            self.first.wait(30)
        self.first.stdout.close()
        self.first.stderr.close()

    def test_the_second_is_told_who_holds_the_lock(self):
        held = self.project.expect(5, "apply", "local", "--yes")
        self.assertIn("apply local", held.stderr)
        self.assertIn("--lock-wait", held.stderr)
        listed = self.project.document(0, "lock", "list")
        self.assertEqual(listed["locks"][0]["stack"], "hello/local")
        self.assertEqual(self.project.document(0, "status", "local", "--offline")["environments"]["local"]["lock"]["command"], "apply local")

    def test_a_wait_ends_with_the_lock_or_with_its_limit(self):
        self.project.expect(5, "apply", "local", "--yes", "--lock-wait", "300ms")
        second = self.project.start("apply", "local", "--yes", "--lock-wait", "30s")
        (self.project.root / "go").touch()
        out, err = second.communicate(timeout=60)
        self.assertEqual(second.returncode, 0, out + err)
        self.assertEqual(self.first.wait(30), 0)

    def test_skip_is_success_and_says_so(self):
        skipped = self.project.expect(0, "apply", "local", "--yes", "--lock-policy", "skip")
        self.assertIn("skipped", skipped.stdout + skipped.stderr)

    def test_planning_takes_no_lock_and_unlock_does_not_break_a_run(self):
        self.project.expect(0, "plan", "local")
        self.project.expect(5, "unlock", "local", "--reason", "impatience")


if __name__ == "__main__":
    unittest.main(verbosity=2)
