"""A name that is nearly right is answered with the names there are: commands, flags, steps, environments, releases, pages."""

import unittest

from project import Project


class Mistyped(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def answered(self, expected, *words):
        result = self.project.run(*words)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("similar", result.stderr, words)
        self.assertIn(expected, result.stderr, words)

    def test_commands_flags_and_pages(self):
        self.answered("'plan'", "plna", "local")
        self.answered("'secrets check'", "secrets chek")
        self.answered("'--detailed-exitcode'", "plan", "local", "--detailed-exitcod")
        self.answered("'exit-codes'", "help", "exit-code")
        self.answered("file.put", "explain", "file.putt")
        self.answered("content", "explain", "file.put.contents")

    def test_environments_and_steps(self):
        self.answered("'local'", "plan", "locl")
        self.answered("'guarded'", "status", "gaurded")
        self.answered("motd", "run", "local", "mot")

    def test_releases(self):
        self.project.expect(0, "apply", "local", "--yes", "--version", "1.4.0")
        self.answered("'1.4.0'", "show", "1.4.1", "--env", "local")
        self.answered("'1.4.0'", "rollback", "local", "--to", "1.40", "--yes")
        self.project.expect(0, "apply", "local", "--yes", "--version", "1.4.0")

    def test_names_in_a_pipeline(self):
        self.project.edit("needs: [test]", "needs: [tset]")
        self.answered("'test'", "validate")
        self.project.edit("needs: [tset]", "need: [test]")
        self.answered("'needs'", "validate")


if __name__ == "__main__":
    unittest.main(verbosity=2)
