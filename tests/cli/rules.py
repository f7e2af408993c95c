"""Rules of an environment through the binary: allow, freeze, protected, and the order of commits."""

import shutil
import subprocess
import unittest

from project import Project

FROZEN = "freeze: [{ from: 2020-01-01 00:00, to: 2200-01-01 00:00, reason: museum }],"


class Rules(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        self.motd = self.project.root / "local" / "motd"

    def two_releases(self):
        first = self.project.git_commit("one")
        self.project.expect(0, "apply", "local", "--yes")
        self.project.edit("greeting: hello", "greeting: two")
        self.project.git_commit("two")
        self.project.expect(0, "apply", "local", "--yes")
        return first

    def test_a_freeze_gives_way_to_a_reason_which_is_recorded(self):
        self.project.edit("local: {", f"local: {{ {FROZEN}")
        self.project.expect(6, "apply", "local", "--yes")
        plan = self.project.expect(0, "plan", "local")
        self.assertIn("an apply would be refused now", plan.stderr)
        result = self.project.expect(0, "apply", "local", "--yes", "--override-freeze", "the shop is down")
        self.assertIn("overridden: the shop is down", result.stderr)
        self.assertIn("the shop is down", str(self.project.document(0, "show", "1", "--env", "local")))

    def test_a_freeze_never_blocks_a_rollback(self):
        self.two_releases()
        self.project.edit("local: {", f"local: {{ {FROZEN}")
        self.project.expect(6, "apply", "local", "--yes")
        self.project.expect(0, "rollback", "local", "--yes")
        self.assertEqual(self.motd.read_text(), "hello")

    def test_an_older_commit_goes_back_by_rollback_only(self):
        first = self.two_releases()
        self.project.git("checkout", "-q", first)
        result = self.project.expect(10, "apply", "local", "--yes")
        self.assertIn("deployctl rollback", result.stderr)
        self.project.expect(0, "rollback", "local", "--yes")
        self.assertEqual(self.motd.read_text(), "hello")

    def test_a_diverged_commit_goes_on_and_says_so(self):
        first = self.two_releases()
        self.project.git("checkout", "-q", "-b", "side", first)
        self.project.edit("greeting: hello", "greeting: side")
        self.project.git_commit("side")
        result = self.project.expect(0, "apply", "local", "--yes")
        self.assertIn("is not a descendant of commit", result.stderr)

    def shallow_clone_at(self, commit):
        """The project's folder with only that commit of its history, and all of its state."""
        clone = self.project.folder / "clone"
        self.project.git("branch", "-f", "shipped", commit)
        subprocess.run(["git", "clone", "-q", "--depth", "1", "--branch", "shipped", f"file://{self.project.place}",
                        str(clone)], check=True)
        shutil.copytree(self.project.place / ".deployctl", clone / ".deployctl", copy_function=shutil.copy2)
        return clone

    def test_a_shallow_clone_that_cannot_tell_names_the_command(self):
        first = self.two_releases()
        clone = self.shallow_clone_at(first)
        result = self.project.expect(10, "-C", str(clone), "apply", "local", "--yes")
        self.assertIn("git fetch --unshallow", result.stderr)
        subprocess.run(["git", "-C", str(clone), "fetch", "-q", "--unshallow", "origin", "main"], check=True)
        result = self.project.expect(10, "-C", str(clone), "apply", "local", "--yes")
        self.assertIn("older than what is live", result.stderr)

    def test_a_protected_environment_is_not_answered_by_a_pipe(self):
        self.project.expect(6, "apply", "guarded")
        self.project.expect(0, "apply", "guarded", "--yes")


if __name__ == "__main__":
    unittest.main(verbosity=2)
