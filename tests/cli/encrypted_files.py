"""Secrets in files encrypted with SOPS and age, through the binary. The files were made by the real programs
(tests/formats/sops/make, tests/formats/age/make)."""

import pathlib
import shutil
import unittest

from project import Project

FORMATS = pathlib.Path(__file__).resolve().parents[1] / "formats"
PASSWORD = 'correct horse: "battery"'
PIPELINE = """\
version: 1
project: hello
secrets:
  it: "REFERENCE"
environments:
  local: {}
steps:
  tell:
    uses: exec.run
    with: { command: [sh, -c, "printf %s \\"$IT\\" > ROOT/told; echo it is $IT"], env: { IT: "${secrets.it}" } }
"""


class EncryptedFiles(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())
        self.told = self.project.root / "told"
        for name in ("values.yaml", "two.yaml"):
            shutil.copy(FORMATS / "sops" / name, self.project.place / name)
        self.use("sops://values.yaml#/db/password")
        self.key("one")

    def use(self, reference):
        self.project.write(PIPELINE.replace("REFERENCE", reference))

    def key(self, name):
        self.project.environment["SOPS_AGE_KEY_FILE"] = str(FORMATS / "sops" / f"{name}.key")

    def recipient(self, name):
        return (FORMATS / "sops" / f"{name}.key").read_text().split("public key: ")[1].split("\n")[0]

    def refused(self, code):
        """What `plan` and `apply` say alike; nothing ran."""
        planned = self.project.expect(code, "plan", "local")
        applied = self.project.expect(code, "apply", "local", "--yes")
        self.assertFalse(self.told.exists())
        self.assertNotIn("correct horse", planned.stdout + planned.stderr + applied.stdout + applied.stderr)
        return planned.stderr

    def test_a_value_reaches_its_step_and_no_output(self):
        result = self.project.expect(0, "apply", "local", "--yes", "--verbose")
        self.assertEqual(self.told.read_text(), PASSWORD)
        self.assertIn("it is [secret:it]", result.stdout + result.stderr)
        self.assertNotIn("correct horse", result.stdout + result.stderr)
        for path in self.project.place.rglob("*"):
            if path.is_file():
                self.assertNotIn(PASSWORD.encode(), path.read_bytes(), path)
        self.assertIn("o changes", self.project.expect(0, "plan", "local").stdout)

    def test_keys_come_from_wherever_sops_looks_for_them(self):
        keys = FORMATS / "sops" / "one.key"
        del self.project.environment["SOPS_AGE_KEY_FILE"]
        self.refused(4)
        self.project.expect(0, "plan", "local", environment={"SOPS_AGE_KEY": keys.read_text()})
        usual = self.project.home / ".config" / "sops" / "age" / "keys.txt"
        usual.parent.mkdir(parents=True)
        shutil.copy(keys, usual)
        self.project.expect(0, "plan", "local")
        usual.unlink()
        self.project.expect(0, "plan", "local", environment={"XDG_CONFIG_HOME": str(usual.parents[2])} | {
            "SOPS_AGE_KEY_FILE": str(keys)})

    def test_who_is_no_recipient_is_told_who_is_and_the_way_out(self):
        self.use("sops://two.yaml#/password")
        told = self.refused(4)
        for part in ("secret 'it'", "sops://two.yaml#/password", self.recipient("two"), self.recipient("three"),
                     f"tried {self.recipient('one')}", "SOPS_AGE_KEY_FILE", "--add-age"):
            self.assertIn(part, told)
        self.key("two")
        self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual(self.told.read_text(), "for two")

    def test_a_file_that_was_altered_is_refused(self):
        path = self.project.place / "values.yaml"
        path.write_text(path.read_text().replace("seen by all", "seen by none"))
        self.assertIn("its authentication code (sops.mac) does not fit", self.refused(3))

    def test_what_is_missing_is_named(self):
        self.use("sops://values.yaml#/db/host")
        self.assertIn("it has nothing at '#/db/host'", self.refused(1))
        self.use("sops://values.yaml#/db/empty")
        self.assertIn("its value is empty", self.refused(3))
        self.use("sops://missing.yaml#/a")
        self.assertIn("missing.yaml", self.refused(1))
        self.project.environment["SOPS_AGE_KEY_FILE"] = "/nowhere/keys.txt"
        self.use("sops://values.yaml#/db/password")
        self.assertIn("the identities in '/nowhere/keys.txt' (SOPS_AGE_KEY_FILE)", self.refused(1))

    def test_age_files_open_with_ssh_keys(self):
        shutil.copy(FORMATS / "age" / "both.age", self.project.place)
        self.use("age://both.age")
        self.assertIn("no identity fits: the file is for recipients of type ssh-ed25519, ssh-rsa", self.refused(4))
        (self.project.home / ".ssh").mkdir()
        shutil.copy(FORMATS / "age" / "locked.key", self.project.home / ".ssh" / "id_rsa")
        self.assertIn("it has a passphrase", self.refused(4))
        shutil.copy(FORMATS / "age" / "ed25519.key", self.project.home / ".ssh" / "id_ed25519")
        self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual(self.told.read_text(), "for both")

    def test_secrets_check_tells_of_each_reference(self):
        result = self.project.expect(0, "secrets", "check", "local")
        self.assertRegex(result.stdout, r"it +yes +sops://values.yaml#/db/password")
        self.assertNotIn("correct horse", result.stdout + result.stderr)
        self.key("two")
        document = self.project.document(4, "secrets", "check", "local")
        [checked] = document["secrets"]
        self.assertEqual((checked["name"], checked["resolves"], checked["error"]["cause"]), ("it", False, "auth"))
        self.assertIn("--add-age", self.project.expect(4, "secrets", "check", "local").stderr)
        self.use("sops://missing.yaml#/a")
        self.assertRegex(self.project.expect(1, "secrets", "check", "local").stdout, r"it +no +sops://missing.yaml#/a")
        self.assertFalse(self.told.exists())


if __name__ == "__main__":
    unittest.main()
