"""After a crash or an interrupt: resume, recover --assume, abort, and a history made anew."""

import json
import signal
import unittest

from exit_codes import WAITING, wait_for
from project import PIPELINE, UNTIL_GO, Project

ONCE = WAITING.replace("effect: none", "effect: once")
SECOND = f"""\
  last:
    uses: exec.run
    needs: [motd]
    with: {{ command: [sh, -c, "{UNTIL_GO}"], effect: none }}
"""


class Pending(unittest.TestCase):
    def begin(self, pipeline):
        self.project = self.enterContext(Project(pipeline))
        self.process = self.project.start("apply", "local", "--yes")
        wait_for(self.project.root / "started", self.process)

    def killed(self, pipeline):
        self.begin(pipeline)
        self.process.kill()
        self.process.communicate()
        (self.project.root / "go").touch()

    def interrupted(self, pipeline):
        self.begin(pipeline)
        self.process.send_signal(signal.SIGTERM)
        (self.project.root / "go").touch()
        self.process.communicate(timeout=30)
        self.assertEqual(self.process.returncode, 143)

    def motd(self):
        return self.project.root / "local" / "motd"


class Recover(Pending):
    def test_the_choices_come_with_their_commands(self):
        self.killed(ONCE)
        document = self.project.document(11, "resume")
        self.assertEqual(document["outcome"], "undecided")
        choice, = document["choices"]
        self.assertEqual((choice["step"], choice["answers"]), ("test", ["done", "not-done", "rerun"]))
        self.assertEqual(choice["commands"][0], f"deployctl recover {document['run']} --assume test=done")
        words = choice["commands"][0].split()[1:]
        self.project.expect(0, *words)
        self.assertTrue(self.motd().exists())

    def test_it_is_run_again_when_a_person_says_so(self):
        self.killed(ONCE)
        (self.project.root / "started").unlink()
        self.project.expect(0, "recover", "--assume", "test=rerun")
        self.assertTrue((self.project.root / "started").exists())

    def test_wrong_answers_are_bad_usage(self):
        self.killed(ONCE)
        self.project.expect(3, "recover", "--assume", "test=perhaps")
        self.project.expect(3, "recover", "--assume", "motd=done")
        self.project.expect(11, "recover")


class Resume(Pending):
    def test_an_interrupted_run_goes_on_under_its_own_id(self):
        self.interrupted(WAITING)
        run, = [path.stem for path in (self.project.place / ".deployctl" / "runs").iterdir()]
        completed = self.project.run("__complete", "--", "resume", "")
        self.assertIn(run, completed.stdout)
        document = self.project.document(0, "resume")
        self.assertEqual(document["run"], run)
        self.assertTrue(self.motd().exists())
        self.assertIn("No run is pending", self.project.expect(0, "resume").stdout)
        self.project.expect(3, "resume", "01J0000000000000000000RUN1")

    def test_a_new_apply_of_another_pipeline_is_told_how_to_go_on(self):
        self.interrupted(PIPELINE + SECOND)
        self.project.edit("greeting: hello", "greeting: bye")
        held = self.project.expect(5, "apply", "local", "--yes")
        self.assertIn("deployctl resume", held.stderr)
        self.assertIn("deployctl abort", held.stderr)
        self.project.expect(7, "resume")
        self.project.edit("greeting: bye", "greeting: hello")
        self.project.expect(0, "resume")


class Abort(Pending):
    def test_what_was_changed_goes_back(self):
        self.interrupted(PIPELINE + SECOND)
        self.assertTrue(self.motd().exists())
        run = self.project.document(0, "history", "local")["runs"][0]["id"]
        self.project.expect(8, "abort", run)
        self.assertFalse(self.motd().exists())
        self.project.expect(3, "abort", run)

    def test_what_was_changed_is_kept_when_asked(self):
        self.interrupted(PIPELINE + SECOND)
        run = self.project.document(0, "history", "local")["runs"][0]["id"]
        self.project.expect(9, "abort", run, "--keep")
        self.assertTrue(self.motd().exists())


class Reindex(unittest.TestCase):
    def test_the_history_is_the_same_afterwards(self):
        project = self.enterContext(Project())
        for greeting in ("hello", "hi", "bye"):
            project.write((project.place / "deploy.yaml").read_text().replace("greeting: hello", f"greeting: {greeting}"))
            project.expect(0, "apply", "local", "--yes")
            project.edit(f"greeting: {greeting}", "greeting: hello")
        project.edit("greeting: hello", "greeting: bye")
        project.expect(0, "rollback", "local", "--yes")
        before = project.document(0, "history", "local")
        for path in (project.place / ".deployctl").glob("history.db*"):
            path.unlink()
        document = project.document(0, "history", "reindex")
        self.assertEqual((document["runs"], document["releases"], document["problems"]), (4, 4, []))
        self.assertEqual(project.document(0, "history", "local"), before)
        shown = json.dumps(project.document(0, "show", "4", "--env", "local"))
        self.assertIn("rolled_back_to", shown)


if __name__ == "__main__":
    unittest.main(verbosity=2)
