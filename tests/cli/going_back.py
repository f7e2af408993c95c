"""Going back by hand: the choice of releases, saved plans of it, tags without a record, barriers, and prune."""

import shutil
import subprocess
import unittest

from project import Project

PIPELINE = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  migrate:
    uses: exec.run
    sources: [schema.sql]
    with: { command: [sh, -c, "cat schema.sql >> ROOT/migrations"] }
    irreversible: { why: columns are dropped, older_code: breaks }
  page:
    uses: file.put
    needs: [migrate]
    with: { path: "ROOT/page", source: page.txt }
"""


class GoingBack(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project(PIPELINE))
        self.page = self.project.root / "page"
        self.git("init", "-qb", "main")
        (self.project.place / ".gitignore").write_text("*.plan\n")
        (self.project.place / "schema.sql").write_text("one")

    def git(self, *words):
        subprocess.run(["git", "-C", str(self.project.place), "-c", "user.name=Ann", "-c", "user.email=a@example.com",
                        "-c", "commit.gpgsign=false", *words], check=True, capture_output=True, env=self.project.environment)

    def commit(self, version, text):
        (self.project.place / "page.txt").write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", f"The page says {text}")
        self.git("tag", version)

    def release(self, version, text):
        self.commit(version, text)
        self.project.expect(0, "apply", "local", "--yes")

    def blobs(self):
        return self.project.place / ".deployctl" / "blobs"

    def test_the_choice_names_releases_and_proposes_the_last_good_one(self):
        for number, text in (("v1", "alpha"), ("v2", "beta"), ("v3", "gamma")):
            self.release(number, text)
        shown = self.project.expect(6, "rollback", "local").stdout
        rows = [line.split() for line in shown.splitlines() if " The " in line]
        self.assertEqual([row[0] for row in rows], ["3", ">", "1"])
        self.assertIn("live", rows[0])
        document = self.project.document(6, "rollback", "local")
        self.assertEqual([(each["number"], each["restorable"], each["proposed"], each["title"])
                          for each in document["releases"]],
                         [(3, True, False, "The page says gamma"), (2, True, True, "The page says beta"),
                          (1, True, False, "The page says alpha")])
        self.project.expect(0, "rollback", "local", "--yes")
        self.assertEqual(self.page.read_text(), "beta")
        self.assertIn("quarantined", self.project.expect(0, "history", "local").stdout)
        self.project.expect(10, "apply", "local", "--yes")

    def test_a_saved_plan_is_applied_exactly_or_refused(self):
        self.release("v1", "alpha")
        self.release("v2", "beta")
        self.project.expect(0, "rollback", "local", "-o", "back.plan")
        self.assertEqual(self.page.read_text(), "beta")
        self.page.write_text("by hand")
        self.assertIn("page", self.project.expect(7, "apply", "back.plan", "--yes").stderr)
        self.page.write_text("beta")
        self.project.expect(0, "apply", "back.plan", "--yes")
        self.assertEqual(self.page.read_text(), "alpha")
        self.project.expect(7, "apply", "back.plan", "--yes")

    def test_a_tag_stands_in_for_a_record(self):
        self.commit("v1", "alpha")
        self.release("v2", "beta")
        (self.project.place / "schema.sql").write_text("not committed")
        self.assertIn("v2", self.project.expect(0, "rollback", "local", "--to", "v1", "-o", "back.plan").stdout)
        self.project.expect(0, "apply", "back.plan", "--yes")
        self.assertEqual(self.page.read_text(), "alpha")
        self.assertEqual((self.project.root / "migrations").read_text(), "one")
        live = self.project.expect(0, "history", "local").stdout
        self.assertIn("v1", live)
        self.project.expect(1, "rollback", "local", "--to", "v9")

    def test_a_tag_without_any_record(self):
        self.commit("v1", "alpha")
        self.release("v2", "beta")
        shutil.rmtree(self.project.place / ".deployctl")
        self.project.expect(1, "rollback", "local")
        self.project.expect(0, "rollback", "local", "--to", "v1", "--yes")
        self.assertEqual(self.page.read_text(), "alpha")

    def test_a_barrier_has_to_be_named(self):
        self.release("v1", "alpha")
        (self.project.place / "schema.sql").write_text("two")
        self.release("v2", "beta")
        refused = self.project.expect(6, "rollback", "local", "--yes")
        self.assertIn("--cross migrate", refused.stderr)
        self.assertEqual(self.page.read_text(), "beta")
        self.project.expect(3, "rollback", "local", "--yes", "--cross", "page")
        crossed = self.project.expect(0, "rollback", "local", "--yes", "--cross", "migrate")
        self.assertIn("migrate is gone back over", crossed.stdout)
        self.assertEqual(self.page.read_text(), "alpha")

    def test_history_says_what_can_be_restored(self):
        self.release("v1", "alpha")
        self.release("v2", "beta")
        self.assertEqual(self.project.expect(0, "history", "local", "--check").stdout.count(": restorable"), 2)
        shutil.rmtree(self.blobs())
        self.assertIn("is not kept here", self.project.expect(1, "history", "local", "--check").stdout)
        document = self.project.document(1, "history", "local", "--check")
        self.assertEqual([each["restorable"] for each in document["releases"]], [False, False])
        self.assertIn("cannot be restored", self.project.expect(1, "rollback", "local", "--yes").stderr)

    def test_prune_removes_what_the_file_no_longer_has(self):
        self.release("v1", "alpha")
        pipeline = self.project.place / "deploy.yaml"
        pipeline.write_text(pipeline.read_text().split("  page:")[0])
        self.assertIn("left as it is", self.project.expect(0, "plan", "local").stdout)
        self.project.expect(0, "plan", "local", "--prune", "-o", "next.plan")
        self.project.expect(3, "apply", "next.plan", "--prune", "--yes")
        self.assertTrue(self.page.exists())
        self.project.expect(0, "apply", "next.plan", "--yes")
        self.assertFalse(self.page.exists())

    def test_the_difference_of_two_releases_names_sources_and_commits(self):
        self.release("v1", "alpha")
        self.release("v2", "beta")
        shown = self.project.expect(0, "diff", "1", "2").stdout
        self.assertIn("sources", shown)
        self.assertIn("The page says beta", shown)
        document = self.project.document(0, "diff", "1", "2")
        self.assertNotEqual(document["sources"]["before"], document["sources"]["after"])
        self.assertIn("sources", self.project.expect(0, "show", "2").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
