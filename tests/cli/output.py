"""Standard output is for results, JSON is one document, NDJSON keeps its schema, and what is the same is told the same."""

import json
import os
import pathlib
import subprocess
import unittest

from project import Project

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "schema" / "events.schema.json"


def checked_events(test, text):
    result = subprocess.run([os.environ["CHECK_SCHEMA"], str(SCHEMA)], input=text, text=True, capture_output=True)
    test.assertEqual(result.returncode, 0, result.stderr + text)
    events = [json.loads(line) for line in text.splitlines()]
    test.assertEqual([event["seq"] for event in events], list(range(1, len(events) + 1)))
    test.assertEqual(events[0]["type"], "version")
    test.assertEqual(events[-1]["type"], "summary")
    test.assertEqual([event["type"] for event in events].count("summary"), 1)
    return events


class Output(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def test_json_is_one_document_for_every_command(self):
        self.project.expect(0, "apply", "local", "--yes")
        commands = {0: (("version",), ("help",), ("validate",), ("plan", "local"), ("apply", "local", "--yes"), ("status", "local"),
                        ("status", "local", "--offline"), ("history", "local"), ("show", "1", "--env", "local"), ("diff", "1", "1", "--env", "local"),
                        ("graph", "local"), ("explain", "exec.run"), ("schema",), ("provider", "list"), ("completion", "bash"), ("lock", "list")),
                    3: (("plna",), ("plan",), ("plan", "nowhere"), ("validate", "missing.yaml")),
                    6: (("apply", "guarded"),)}
        for code, lines in commands.items():
            for words in lines:
                with self.subTest(words=words):
                    document = self.project.document(code, *words)
                    self.assertEqual(document["exit_code"], code)
                    self.assertEqual("error" in document, code != 0)

    def test_diagnostics_are_data(self):
        self.project.edit("version: 1", "version: 1\nnonsense: true\nmore_nonsense: true")
        document = self.project.document(3, "validate")
        self.assertEqual([entry["line"] for entry in document["diagnostics"]], [2, 3])
        for entry in document["diagnostics"]:
            self.project.expect(0, "explain", entry["code"])

    def test_ndjson_keeps_the_schema_and_the_event_file_is_the_same_stream(self):
        result = self.project.expect(0, "apply", "local", "--yes", "--output", "ndjson", "--event-file", "events")
        events = checked_events(self, result.stdout)
        self.assertEqual((self.project.place / "events").read_text(), result.stdout)
        self.assertEqual(events[-1]["fields"]["exit_code"], 0)
        kinds = {event["type"] for event in events}
        self.assertLessEqual({"run_started", "step_started", "step_finished"}, kinds)

    def test_an_unknown_field_passes_the_schema_and_a_wrong_one_does_not(self):
        line = self.project.expect(0, "plan", "local", "--output", "ndjson").stdout.splitlines()[0]
        def is_accepted(event):
            return subprocess.run([os.environ["CHECK_SCHEMA"], str(SCHEMA)], input=json.dumps(event) + "\n", text=True,
                                  capture_output=True).returncode == 0
        event = json.loads(line)
        self.assertTrue(is_accepted(event))
        self.assertTrue(is_accepted(event | {"from_the_future": {"a": 1}, "fields": event["fields"] | {"more": [1]}}))
        self.assertFalse(is_accepted(event | {"seq": "first"}))
        self.assertFalse(is_accepted({key: value for key, value in event.items() if key != "ts"}))

    def test_recorded_runs_keep_the_schema(self):
        for stream in sorted((SCHEMA.parents[2] / "tests" / "ui" / "streams").glob("*.ndjson")):
            with self.subTest(stream=stream.name):
                checked_events(self, stream.read_text())

    def test_ndjson_of_a_failure_ends_with_its_code(self):
        self.project.edit('"true"', '"echo evidence; false"')
        result = self.project.expect(1, "apply", "local", "--yes", "--output", "ndjson")
        events = checked_events(self, result.stdout)
        self.assertEqual(events[-1]["fields"]["exit_code"], 1)
        self.assertIn("evidence", [event["message"] for event in events if event["type"] == "step_output"])

    def test_ndjson_of_a_plan(self):
        events = checked_events(self, self.project.expect(0, "plan", "local", "--output", "ndjson").stdout)
        self.assertIn("plan_summary", {event["type"] for event in events})

    def test_quiet_says_nothing_when_all_is_well(self):
        result = self.project.expect(0, "apply", "local", "--yes", "--quiet")
        self.assertEqual((result.stdout, result.stderr), ("", ""))

    def test_quiet_reports_a_failure_once(self):
        self.project.edit('"true"', '"echo evidence; false"')
        result = self.project.expect(1, "apply", "local", "--yes", "--quiet")
        self.assertEqual(result.stdout, "")
        self.assertIn("evidence", result.stderr)
        self.assertIn("no target was changed", result.stderr)

    def test_plain_output_has_no_control_characters_and_color_is_by_rule(self):
        self.project.edit('"true"', '"printf \'\\\\033[2Jhello\\\\r\\\\n\'"')
        plain = self.project.expect(0, "apply", "local", "--yes")
        self.assertNotRegex(plain.stdout + plain.stderr, "[\033\r]")
        self.assertIn("\033[", self.project.expect(0, "plan", "guarded", "--color", "always").stdout)
        self.assertIn("\033[", self.project.expect(0, "plan", "guarded", environment={"FORCE_COLOR": "1"}).stdout)
        self.assertNotIn("\033[", self.project.expect(0, "plan", "guarded", environment={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout)

    def test_help_goes_to_standard_output(self):
        for words in (("--help",), ("help",), ("plan", "--help"), ("help", "plan"), ("plan", "-h"), ("help", "exit-codes")):
            with self.subTest(words=words):
                result = self.project.expect(0, *words)
                self.assertEqual(result.stderr, "")
                self.assertLessEqual(max(map(len, result.stdout.splitlines())), 80)
        same = {self.project.run(*words).stdout for words in (("plan", "--help"), ("help", "plan"), ("plan", "-h"))}
        self.assertEqual(len(same), 1)

    def test_version(self):
        self.assertRegex(self.project.expect(0, "--version").stdout, r"^deployctl \d+\.\d+\.\d+\n$")
        self.assertEqual(self.project.run("--version").stdout, self.project.run("version").stdout)

    def test_two_plans_of_one_world_have_one_digest(self):
        digests = {self.project.document(0, "plan", "local")["envelope"]["digest"] for _ in range(2)}
        self.assertEqual(len(digests), 1)

    def test_the_summary_line_is_the_published_one(self):
        text = self.project.expect(0, "plan", "local").stdout
        self.assertEqual(text.splitlines()[-1], "Plan: 0 to update, 1 to create, 0 to remove, 1 to run, 0 unchanged.")

    def test_no_changes_says_what_was_compared_and_when(self):
        self.project.expect(0, "apply", "local", "--yes")
        text = " ".join(self.project.expect(0, "plan", "local").stdout.split())
        self.assertRegex(text, r"^No changes: 2 steps of deploy.yaml compared with hello/local on 1 server at 20\d\d-\S+Z;")

    def test_init_writes_a_pipeline_that_validates_and_overwrites_nothing(self):
        (self.project.place / "deploy.yaml").unlink()
        for template in ("exec", "host-release"):
            with self.subTest(template=template):
                (self.project.place / "app").mkdir(exist_ok=True)
                self.project.expect(0, "init", "--template", template, "--no-input")
                self.assertEqual(self.project.document(0, "validate")["valid"], True)
                self.project.expect(3, "init", "--template", template)
                first = (self.project.place / "deploy.yaml").read_text().splitlines()[0]
                self.assertTrue((self.project.place / first.split("$schema=")[1]).exists())
                (self.project.place / "deploy.yaml").unlink()

    def test_an_event_file_that_cannot_be_written_is_refused_before_anything_happens(self):
        self.project.run("apply", "local", "--yes", "--event-file", "/nowhere/events")
        self.assertFalse((self.project.root / "local" / "motd").exists())


if __name__ == "__main__":
    unittest.main(verbosity=2)
