"""`rehearse` plays the pipeline with the real engine, ends as the real run would, and touches nothing."""

import json
import unittest

from project import Project

PIPELINE = """\
version: 1
project: hello
environments:
  local:
    allow: { branches: [main] }
    hosts: { here: [local] }
secrets: { token: "env://TOKEN_THAT_IS_NOT_SET" }
steps:
  migrate:
    uses: exec.run
    with: { command: [sh, -c, "touch ROOT/migrated"], env: { TOKEN: "${secrets.token}" } }
  motd:
    uses: file.put
    needs: [migrate]
    with: { path: "ROOT/motd", content: hello }
  greeting:
    uses: file.put
    needs: [motd]
    with: { path: "ROOT/greeting", content: hello }
"""


class Rehearse(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project(PIPELINE))

    def rehearse(self, code, *words):
        document = self.project.document(code, "rehearse", "local", *words)
        self.assertTrue(document["rehearsal"])
        self.assertEqual(list(self.project.root.iterdir()), [], "something was touched")
        self.assertFalse((self.project.place / ".deployctl").exists(), "records were made")
        return {line["step"]: line["state"] for line in document["world"]}

    def test_a_run_that_goes_well(self):
        self.assertEqual(self.rehearse(0), {"migrate": "changed", "motd": "changed", "greeting": "changed"})

    def test_a_step_that_fails_is_taken_back_as_it_would_be(self):
        world = self.rehearse(9, "--fail", "greeting")
        self.assertEqual(world["migrate"], "kept")
        self.assertEqual(world["motd"], "reverted")
        self.project.edit("uses: exec.run", "uses: exec.run\n    when: { tags: [never] }")
        self.assertEqual(self.rehearse(8, "--fail", "greeting")["motd"], "reverted")

    def test_the_first_step_fails_and_nothing_was_changed(self):
        self.project.edit("uses: exec.run", "uses: exec.run\n    when: { tags: [never] }")
        self.assertIn(self.project.run("rehearse", "local", "--fail", "motd").returncode, (1, 8))

    def test_who_comes_after_a_death_goes_on(self):
        self.assertEqual(self.rehearse(0, "--kill", "motd"), {"migrate": "changed", "motd": "changed", "greeting": "changed"})

    def test_what_cannot_be_known_after_a_death_needs_a_person(self):
        document = self.project.document(11, "rehearse", "local", "--kill", "migrate")
        self.assertEqual([choice["step"] for choice in document["choices"]], ["migrate"])

    def test_it_says_that_it_is_a_rehearsal(self):
        result = self.project.expect(0, "rehearse", "local")
        self.assertIn("rehearsal", result.stdout + result.stderr)
        self.assertIn("nothing is touched", result.stdout + result.stderr)

    def test_a_rule_that_would_refuse_is_told_and_the_rehearsal_goes_on(self):
        result = self.project.expect(0, "rehearse", "local")
        self.assertIn("an apply would be refused now", result.stderr)

    def test_a_step_that_waits_for_a_person_parks_and_is_gone_on_with(self):
        self.project.edit("needs: [motd]", "needs: [motd]\n    approval: {}")
        self.assertEqual(self.rehearse(0)["greeting"], "changed")
        told = self.project.expect(0, "rehearse", "local").stderr
        self.assertIn("keeps its place: step 'greeting' waits for approval", told)
        self.assertIn("somebody approves", told)

    def test_a_freeze_is_waited_for_in_no_time(self):
        always = '[{ from: "mon 00:00", to: "sun 12:00", zone: UTC }, { from: "sun 00:00", to: "mon 12:00", zone: UTC }]'
        self.project.edit("allow: { branches: [main] }", f"freeze: {always}")
        self.assertEqual(self.rehearse(0)["greeting"], "changed")
        self.assertIn("frozen", self.project.expect(0, "rehearse", "local").stderr)

    def test_a_step_that_is_not_there(self):
        document = self.project.document(3, "rehearse", "local", "--fail", "nothing")
        self.assertIn("motd", json.dumps(document["error"]))


if __name__ == "__main__":
    unittest.main()
