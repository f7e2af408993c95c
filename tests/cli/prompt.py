"""Consent on a real terminal: only the word counts, and nobody there is an answer at once."""

import subprocess
import unittest

from dialogue import on_terminal
from project import PIPELINE, Project

STEP_WAITS = PIPELINE.replace("    needs: [test]", "    needs: [test]\n    approval: {}")


class Prompt(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def deployed(self, environment):
        return (self.project.root / environment / "motd").exists()

    def answered(self, environment, code, *typed, words=(), variables=None):
        result, screen = on_terminal(self.project, ("apply", environment, *words), typed, variables)
        self.assertEqual(result, code, screen)
        self.assertEqual(self.deployed(environment), code == 0)
        return screen

    def test_yes(self):
        self.answered("local", 0, b"yes\n")

    def test_everything_else_is_no(self):
        for line in (b"\n", b"y\n", b"YES\n", b"no\n", b"local\n", b"\x04"):
            with self.subTest(line=line):
                self.answered("local", 6, line)

    def test_details_then_yes(self):
        screen = self.answered("local", 0, b"details\n", b"yes\n")
        self.assertEqual(screen.count("Plan: "), 3)  # shown, asked about, shown in full

    def test_a_protected_environment_wants_its_name(self):
        self.answered("guarded", 6, b"yes\n")
        self.answered("guarded", 0, b"guarded\n")

    def test_no_question_where_silence_or_ci_was_asked_for(self):
        for words, variables in ((("--no-input",), {}), (("--quiet",), {}), (("--output", "json"), {}),
                                 (("--output", "ndjson"), {}), ((), {"CI": "true"})):
            with self.subTest(words=words, variables=variables):
                screen = self.answered("local", 6, words=words, variables=variables)
                self.assertNotIn("to stop: ", screen)

    def test_nobody_there_is_answered_at_once(self):
        for stdin in (subprocess.DEVNULL, subprocess.PIPE):  # at its end, and open without anybody behind it
            with self.subTest(stdin=stdin):
                process = subprocess.Popen(self.project.argv("apply", "local"), cwd=self.project.place, stdin=stdin, text=True,
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.project.environment)
                with process:
                    self.assertEqual(process.wait(20), 6)
                    self.assertIn("--yes", process.stderr.read())

    def test_yes_answers_beforehand_also_for_a_protected_environment(self):
        self.answered("guarded", 0, words=("--yes",))

    def test_a_parked_step_is_asked_about_when_its_run_goes_on(self):
        self.project.write(STEP_WAITS)
        for code, typed in ((6, b"no\n"), (0, b"yes\n")):
            self.project.expect(6, "apply", "local", "--yes")
            result, screen = on_terminal(self.project, ("resume",), [typed])
            self.assertEqual(result, code, screen)
            self.assertIn("Step 'motd' of hello/local waits for approval", screen)
            self.assertEqual(self.deployed("local"), code == 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
