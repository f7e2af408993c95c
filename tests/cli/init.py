"""`init` looks at what is there, asks on a terminal, and whatever it writes validates."""

import unittest

from dialogue import on_terminal
from project import Project


class Init(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        (self.project.place / "deploy.yaml").unlink()
        (self.project.place / "app").mkdir()
        self.project.git("init", "-qb", "main")

    def text(self):
        self.assertTrue(self.project.document(0, "validate")["valid"])
        return (self.project.place / "deploy.yaml").read_text()

    def found(self, **files):
        for name, text in files.items():
            (self.project.place / name.replace("_", ".")).write_text(text)
        result = self.project.document(0, "init", "--no-input")
        return result["template"], self.text()

    def test_every_template_validates(self):
        (self.project.place / "compose").mkdir()
        (self.project.place / "compose" / "compose.yaml").write_text("services: {}\n")
        for template in ("host-release", "exec", "compose", "container", "docker-hosts"):
            with self.subTest(template=template):
                self.project.expect(0, "init", "--template", template)
                text = self.text()
                self.assertNotIn("diagnostics", self.project.document(0, "validate"))
                self.project.expect(0, "lint")
                self.assertNotIn("@", text.replace("user@server", "").replace("web@sha256", ""))
                self.assertLessEqual(max(map(len, text.splitlines())), 80)
                (self.project.place / "deploy.yaml").unlink()

    def test_a_compose_file_is_found(self):
        template, text = self.found(**{"docker-compose_yml": "services: {}\n"})
        self.assertEqual(template, "compose")
        self.assertIn("source: compose\n      files: [docker-compose.yml]\n", text)

    def test_a_compose_file_in_a_folder_of_its_own_is_found_there(self):
        (self.project.place / "deploy").mkdir()
        template, text = self.found(**{"Dockerfile": "FROM debian:12\n", "deploy/compose_yml": "services: {}\n"})
        self.assertEqual(template, "compose")
        self.assertIn("source: deploy\n      files: [compose.yml]\n", text)

    def test_a_dockerfile_and_the_remote_of_git_are_found(self):
        self.project.git("remote", "add", "origin", "https://ann:pass@github.com/Team/My-Shop.git")
        template, text = self.found(Dockerfile="FROM debian:12\nEXPOSE 8080/tcp\n")
        self.assertEqual(template, "container")
        self.assertIn("project: my-shop\n", text)
        self.assertIn("repository: ghcr.io/team/my-shop }", text)
        self.assertIn('ports: ["8080:8080"]', text)
        self.assertNotIn("pass", text)

    def test_questions_are_asked_on_a_terminal(self):
        code, screen = on_terminal(self.project, ["init"], [b"Shop of Ann\n", b"9\n", b"1\n", b"deploy@app-1.example.com, deploy@app-2.example.com\n"])
        self.assertEqual(code, 0, screen)
        self.assertIn("There is no '9' in the list", screen)
        text = self.text()
        self.assertIn("project: shop-of-ann\n", text)
        self.assertIn("web: [deploy@app-1.example.com, deploy@app-2.example.com]", text)

    def test_enter_takes_what_is_proposed_and_an_end_writes_nothing(self):
        code, screen = on_terminal(self.project, ["init"], [b"\n", b"\x04"])
        self.assertEqual(code, 3, screen)
        self.assertFalse((self.project.place / "deploy.yaml").exists())
        code, screen = on_terminal(self.project, ["init"], [b"\n", b"\n", b"\n"])
        self.assertEqual(code, 0, screen)
        self.assertIn("hosts: { web: [local] }", self.text())


if __name__ == "__main__":
    unittest.main(verbosity=2)
