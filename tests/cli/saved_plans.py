"""A saved plan is applied exactly, or refused with what changed."""

import json
import unittest

from project import Project


class SavedPlans(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        self.project.expect(0, "apply", "local", "--yes")
        self.project.edit("greeting: hello", "greeting: goodbye")
        self.project.expect(0, "plan", "local", "-o", "next.plan")
        self.motd = self.project.root / "local" / "motd"

    def refused(self, *words):
        before = self.motd.read_text()
        result = self.project.expect(7, "apply", "next.plan", "--yes")
        self.assertEqual(self.motd.read_text(), before)
        for word in words:
            self.assertIn(word, result.stderr)

    def test_an_untouched_plan_is_applied(self):
        self.project.expect(0, "apply", "./next.plan", "--yes")
        self.assertEqual(self.motd.read_text(), "goodbye")

    def test_a_plan_in_the_work_tree_is_no_change_of_it(self):
        self.project.git_commit("one")
        (self.project.place / "next.plan").unlink()
        self.project.git_commit("two")
        self.project.expect(0, "plan", "local", "-o", "next.plan")
        self.project.expect(0, "plan", "local", "-o", "again.plan")
        (self.project.place / "next.plan.approvals").write_text("")
        version = [json.loads((self.project.place / name).read_text())["content"]["version"] for name in ("next.plan", "again.plan")]
        self.assertEqual(version[0], version[1])
        self.assertNotIn("dirty", version[0])
        self.project.expect(0, "apply", "next.plan", "--yes")
        self.assertEqual(self.motd.read_text(), "goodbye")

    def test_what_only_looks_like_a_plan_is_a_change(self):
        self.project.git_commit("one")
        self.project.expect(0, "plan", "local", "-o", "again.plan")
        (self.project.place / "other.plan").write_text('{"content":{},"envelope":{}}')
        self.project.expect(7, "apply", "again.plan", "--yes")

    def test_only_its_owner_may_read_it(self):
        self.assertEqual((self.project.place / "next.plan").stat().st_mode & 0o777, 0o600)

    def test_an_edited_plan(self):
        plan = self.project.place / "next.plan"
        plan.write_text(plan.read_text().replace("goodbye", "badbye!"))
        self.refused("digest")

    def test_a_world_that_drifted(self):
        self.motd.write_text("by hand")
        self.refused("motd")

    def test_a_pipeline_that_changed(self):
        self.project.edit("greeting: goodbye", "greeting: farewell")
        self.refused("pipeline")

    def test_a_name_that_is_both_an_environment_and_a_file(self):
        (self.project.place / "next.plan").rename(self.project.place / "local")
        result = self.project.expect(3, "apply", "local", "--yes")
        self.assertIn("./local", result.stderr)
        self.project.expect(0, "apply", "./local", "--yes")

    def test_a_folder_named_like_an_environment_is_no_plan(self):
        (self.project.place / "local").mkdir()
        self.project.expect(0, "apply", "local", "--yes")


if __name__ == "__main__":
    unittest.main(verbosity=2)
