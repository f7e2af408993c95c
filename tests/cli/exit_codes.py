"""Every exit code that this version can reach, by the way a person would reach it."""

import os
import pathlib
import re
import signal
import subprocess
import unittest

from project import PIPELINE, UNTIL_GO, Project

# A step that waits until a file appears, so that a test can act while a run is under way.
WAITING = PIPELINE.replace("[sh, -c, \"true\"]", f"[sh, -c, \"{UNTIL_GO}\"]")
FAILING_AFTER = PIPELINE + """\
  verify:
    uses: exec.run
    needs: [motd]
    with: { command: [sh, -c, "exit 7"], effect: none }
"""


def wait_for(path, process):
    while not path.exists():
        assert process.poll() is None, process.communicate()
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            pass


class TheWholeContract(unittest.TestCase):
    def test_every_published_code_has_a_test(self):
        reference = pathlib.Path(__file__).resolve().parents[2] / "docs" / "reference" / "exit-codes.md"
        published = set(re.findall(r"^\| (\d+) \|", reference.read_text(), re.M))
        tested = {number for name in dir(ExitCodes) if name.startswith("test_") for number in re.findall(r"\d+", name)}
        self.assertEqual(published, tested)


class ExitCodes(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def test_0_done_and_nothing_to_do(self):
        self.project.expect(0, "apply", "local", "--yes")
        self.project.expect(0, "apply", "local", "--yes")
        self.project.expect(0, "plan", "local", "--detailed-exitcode")

    def test_1_failed_and_nothing_changed(self):
        self.project.edit('"true"', '"false"')
        result = self.project.expect(1, "apply", "local", "--yes")
        self.assertIn("no target was changed", result.stderr)

    def test_2_changes_pending(self):
        self.project.expect(2, "plan", "local", "--detailed-exitcode")
        self.project.expect(0, "plan", "local")

    def test_3_bad_usage_and_invalid_pipelines(self):
        similar = self.project.expect(3, "plna")
        self.assertIn("'plan'", similar.stderr)
        self.assertEqual(similar.stdout, "")
        usage = self.project.expect(3, "plan")
        self.assertIn("usage: deployctl plan ENV", usage.stderr)
        for words in ((), ("plan", "local", "--nonsense"), ("plan", "nowhere"), ("plan", "local", "--output", "xml"),
                      ("apply", "local", "--yes=false"), ("logs",), ("apply", "missing.plan"), ("-C", "/nowhere", "validate"),
                      ("-f", "missing.yaml", "validate"), ("plan", "local", "--set", "undeclared=1"), ("explain", "nothing.at.all")):
            with self.subTest(words=words):
                self.project.expect(3, *words)
        self.project.edit("version: 1", "version: 1\nnonsense: true")
        invalid = self.project.expect(3, "validate")
        self.assertIn("deploy.yaml:2:1", invalid.stderr)

    def test_4_a_key_that_does_not_sign(self):
        self.project.write(PIPELINE.replace("guarded: { protected: true,",
                                            "guarded: { approval: { by: [lead], signers: signers },"))
        self.project.git_commit("one")
        self.project.expect(0, "plan", "guarded", "-o", "next.plan")
        key = self.project.home / "key"
        key.write_text("no key at all\n")
        result = self.project.expect(4, "approve", "next.plan", "--key", str(key))
        self.assertIn("ssh-keygen did not sign", result.stderr)
        self.assertFalse((self.project.place / "next.plan.approvals").exists())

    def test_4_permission(self):
        pipeline = self.project.place / "deploy.yaml"
        pipeline.chmod(0)
        other = {}
        if os.geteuid() == 0:  # who may read everything asks as somebody who may not
            self.project.folder.chmod(0o755)
            other = {"user": 65534, "group": 65534}
        denied = self.project.expect(4, "validate", **other)
        self.assertIn("deploy.yaml", denied.stderr)

    def test_5_the_lock_is_held(self):
        self.project.expect(0, "lock", "local", "-m", "load test until three")
        held = self.project.expect(5, "apply", "local", "--yes")
        self.assertIn("load test until three", held.stderr)
        self.project.expect(0, "unlock", "local", "--reason", "done")
        self.project.expect(0, "apply", "local", "--yes")

    def test_6_nobody_there_to_ask(self):
        result = self.project.expect(6, "apply", "local")
        self.assertIn("--yes", result.stderr)
        self.assertIn("Plan: ", result.stdout)
        self.assertFalse((self.project.root / "local" / "motd").exists())

    def test_6_not_from_here(self):
        self.project.edit("local: {", "local: { allow: { branches: [release] },")
        self.project.git_commit("one")
        result = self.project.expect(6, "apply", "local", "--yes")
        self.assertIn("this is branch 'main'", result.stderr)

    def test_6_frozen(self):
        self.project.edit("local: {", "local: { freeze: [{ from: 2020-01-01 00:00, to: 2200-01-01 00:00, "
                                      "zone: Asia/Taipei, reason: museum }],")
        result = self.project.expect(6, "apply", "local", "--yes")
        self.assertIn("frozen until 2199-12-31T16:00:00.000Z", result.stderr)
        self.assertIn("museum", result.stderr)

    def test_7_an_altered_plan(self):
        self.project.expect(0, "plan", "local", "-o", "saved.plan")
        saved = self.project.place / "saved.plan"
        saved.write_text(saved.read_text().replace("motd", "motb"))
        self.project.expect(7, "apply", "saved.plan", "--yes")

    def test_7_a_world_and_a_pipeline_that_changed(self):
        self.project.expect(0, "apply", "local", "--yes")
        self.project.edit("greeting: hello", "greeting: goodbye")
        self.project.expect(0, "plan", "local", "-o", "saved.plan")
        motd = self.project.root / "local" / "motd"
        motd.write_text("by hand")
        self.project.expect(7, "apply", "saved.plan", "--yes")
        motd.write_text("hello")
        self.project.edit("greeting: goodbye", "greeting: farewell")
        self.project.expect(7, "apply", "saved.plan", "--yes")
        self.assertEqual(motd.read_text(), "hello")

    def test_8_failed_and_every_change_reverted(self):
        self.project.expect(0, "apply", "local", "--yes")
        motd = self.project.root / "local" / "motd"
        before = motd.read_text()
        self.project.write(FAILING_AFTER.replace("greeting: hello", "greeting: other"))
        result = self.project.expect(8, "apply", "local", "--yes")
        self.assertIn("reverted", result.stderr)
        self.assertEqual(motd.read_text(), before)

    def test_9_stopped_by_choice(self):
        self.project.write(FAILING_AFTER.replace("project: hello", "project: hello\non_failure: stop"))
        result = self.project.expect(9, "apply", "local", "--yes")
        self.assertRegex(result.stderr, "remaining: +motd")
        self.assertTrue((self.project.root / "local" / "motd").exists())

    def test_10_what_is_live_is_newer(self):
        first = self.project.git_commit("one")
        self.project.edit("greeting: hello", "greeting: two")
        self.project.git_commit("two")
        self.project.expect(0, "apply", "local", "--yes")
        self.project.git("checkout", "-q", first)
        result = self.project.expect(10, "apply", "local", "--yes")
        self.assertIn("older than what is live", result.stderr)
        self.assertEqual((self.project.root / "local" / "motd").read_text(), "two")

    def test_10_a_quarantined_release(self):
        git = ["git", "-C", str(self.project.place), "-c", "user.name=a", "-c", "user.email=a@example.com"]
        for version in ("one", "two"):
            self.project.edit("greeting: " + ("hello" if version == "one" else "one"), f"greeting: {version}")
            if version == "one":
                subprocess.run([*git, "init", "-qb", "main"], check=True)
            subprocess.run([*git, "add", "-A"], check=True)
            subprocess.run([*git, "commit", "-qm", version], check=True)
            self.project.expect(0, "apply", "local", "--yes")
        self.project.expect(0, "rollback", "local", "--yes")
        self.assertEqual((self.project.root / "local" / "motd").read_text(), "one")
        self.project.expect(10, "apply", "local", "--yes")
        self.project.expect(0, "history", "unquarantine", "2", "--env", "local", "--reason", "it was not that")
        self.project.expect(0, "apply", "local", "--yes")

    def test_11_a_decision_is_needed_after_a_crash(self):
        self.project.write(WAITING.replace("effect: none", "effect: once"))
        process = self.project.start("apply", "local", "--yes")
        wait_for(self.project.root / "started", process)
        process.kill()
        process.communicate()
        (self.project.root / "go").touch()
        result = self.project.expect(11, "apply", "local", "--yes")
        self.assertIn("decide:", result.stderr)

    def test_70_a_crash_looks_like_nothing_else(self):
        self.project.write(WAITING)
        process = self.project.start("apply", "local", "--yes")
        wait_for(self.project.root / "started", process)
        process.send_signal(signal.SIGSEGV)
        out, err = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 70, out + err)
        self.assertIn("deployctl crashed", err)
        (self.project.root / "go").touch()
        self.project.expect(0, "apply", "local", "--yes")

    def test_130_and_143_interrupted(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(signal=number):
                with Project(WAITING) as project:
                    process = project.start("apply", "local", "--yes")
                    wait_for(project.root / "started", process)
                    process.send_signal(number)
                    (project.root / "go").touch()
                    out, err = process.communicate(timeout=30)
                    self.assertEqual(process.returncode, code, out + err)
                    self.assertFalse((project.root / "local" / "motd").exists())
                    project.expect(0, "apply", "local", "--yes")


if __name__ == "__main__":
    unittest.main(verbosity=2)
