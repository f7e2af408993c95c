"""`deployctl lint`: which files it looks at, what it says in each format, what is allowed with a reason, and how many of
the secrets and mistakes of a corpus it finds."""

import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

import lint_corpus
from project import Project

LEAST_RECALL = 0.98
LEAST_PRECISION = 0.95

TOKEN = "dop_" + "v1_" + "9f2c47ab10de83c5" * 4


SARIF = "@microsoft/jest-sarif@1.0.0-beta.0"  # has the schema of SARIF 2.1.0


def sarif_schema():
    """Its path; None where npm is missing or cannot."""
    place = pathlib.Path(os.environ["DEPLOYCTL"]).resolve().parents[2] / "sarif-schema"
    schema = place / "package/lib/schemas/sarif-2.1.0-rtm.5.json"
    if not schema.exists() and shutil.which("npm"):
        place.mkdir(exist_ok=True)
        packed = subprocess.run(["npm", "pack", "--silent", "--pack-destination", str(place), SARIF], cwd=place, check=False,
                                capture_output=True, text=True, timeout=120).stdout.strip()
        if packed:
            subprocess.run(["tar", "-xzf", place / packed.splitlines()[-1], "-C", place], check=True)
    return schema if schema.exists() else None


def per_rule(corpus, findings):
    """Counter of (rule, "hit" | "missed" | "false") of findings as (path, line, code, kind)."""
    by_line = collections.defaultdict(list)
    for path, line, code, kind in findings:
        by_line[path, line, code].append(kind)
    table = collections.Counter()
    for path, expected in corpus.expected.items():
        for line, code, kind in expected:
            here = by_line[path, line, code]
            table[kind, "hit" if here else "missed"] += 1
            if here:
                here.pop()
    for (_, _, code), left in by_line.items():
        for kind in left:
            table[kind or code, "false"] += 1
    return table


class Lint(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def put(self, name, text):
        path = self.project.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def findings(self, code, *words):
        document = self.project.document(code, "lint", *words)
        return [(each["file"], each["line"], each["code"]) for each in document["findings"]]

    def test_looks_at_what_git_keeps(self):
        self.put(".env", f"VALUE={TOKEN}\n")
        self.put(".gitignore", ".env\n")
        self.put("deploy/settings.env", f"VALUE={TOKEN}\n")
        self.put("notes.txt", f"{TOKEN}\n")
        self.project.git_commit("one")
        self.put("new.env", f"VALUE={TOKEN}\n")
        self.assertEqual(self.findings(3), [("deploy/settings.env", 1, "D0801")])
        self.assertEqual(self.findings(3, ".env", "deploy"), [(".env", 1, "D0801"), ("deploy/settings.env", 1, "D0801")])
        self.assertEqual(self.findings(3, "notes.txt"), [("notes.txt", 1, "D0801")])
        self.project.expect(3, "lint", "nothing-here")

    def test_outside_of_a_repository_it_looks_at_the_folder(self):
        self.put("a/.env", f"VALUE={TOKEN}\n")
        self.put("node_modules/x/.env", f"VALUE={TOKEN}\n")
        self.assertEqual(self.findings(3), [("a/.env", 1, "D0801")])

    def test_warnings_do_not_fail(self):
        self.put("Dockerfile", "FROM debian:12\nCMD [\"/app\"]\n")
        self.assertEqual(self.findings(0), [("Dockerfile", 1, "D0811")])
        self.assertIn("2 files: 0 errors, 1 warning\n", self.project.expect(0, "lint").stdout)

    def test_never_shows_a_secret(self):
        self.put(".env", f"VALUE={TOKEN}\n")
        for words in ((), ("--format", "json"), ("--format", "sarif"), ("--output", "json")):
            result = self.project.expect(3, "lint", *words)
            self.assertNotIn(TOKEN[8:40], result.stdout + result.stderr)
        text = self.project.expect(3, "lint").stderr
        self.assertIn("error[D0801]", text)
        self.assertIn(".env:1:7", text)
        self.assertIn("VALUE=dop_*", text)

    def test_allowed_with_a_reason(self):
        self.put(".env", f"# deployctl: allow D0801 revoked, a sample of the docs\nVALUE={TOKEN}\n")
        document = self.project.document(0, "lint")
        self.assertEqual(document["findings"], [])
        self.assertEqual(document["allowed"][0]["why"], "revoked, a sample of the docs")
        self.put(".env", f"# deployctl: allow D0801\nVALUE={TOKEN}\n")
        self.assertEqual(self.findings(3), [(".env", 1, "D0891"), (".env", 2, "D0801")])

    def test_validate_and_plan_refuse_a_secret_in_the_pipeline_and_show_nothing_of_it(self):
        self.project.edit("vars: { greeting: hello }", f"vars:\n  greeting: {TOKEN}")
        for words in (("validate",), ("plan", "local"), ("apply", "local", "--yes")):
            result = self.project.expect(3, *words)
            self.assertIn("error[D0801]", result.stderr)
            self.assertNotIn(TOKEN[8:40], result.stdout + result.stderr)
        self.project.edit(f"greeting: {TOKEN}", f"greeting: {TOKEN} # deployctl: allow D0801 revoked, for a demonstration")
        self.project.expect(0, "validate")

    def test_validate_looks_at_the_files_beside_the_pipeline(self):
        self.put(".env", f"VALUE={TOKEN}\n")
        self.put("Dockerfile", "FROM debian:12\nCOPY . /app\n")
        self.put(".github/workflows/ci.yml", f"env: {{ TOKEN: {TOKEN} }}\n")
        self.put("sub/.env", f"VALUE={TOKEN}\n")
        text = self.project.expect(3, "validate").stderr
        for name in (".env:1:7", "Dockerfile:1:6", ".github/workflows/ci.yml:1:", "error[D0801]", "warning[D0811]", "warning[D0821]"):
            self.assertIn(name, text)
        self.assertNotIn("sub/.env", text)
        self.assertNotIn(TOKEN[8:40], text)
        self.put(".gitignore", ".env\n")
        (self.project.place / ".github/workflows/ci.yml").unlink()
        self.project.git_commit("one")
        text = self.project.expect(0, "validate").stderr
        self.assertIn("warning[D0811]", text)
        self.assertNotIn("D0801", text)

    def test_plan_and_apply_refuse_errors_beside_the_pipeline_and_count_warnings(self):
        self.put("Dockerfile", "FROM debian:12\nCMD [\"/app\"]\n")
        self.assertIn("1 warning about files beside the pipeline", self.project.expect(0, "plan", "local").stderr)
        self.put(".env", f"VALUE={TOKEN}\n")
        for words in (("plan", "local"), ("apply", "local", "--yes")):
            result = self.project.expect(3, *words)
            self.assertIn("error[D0801]", result.stderr)
            self.assertIn("the files beside deploy.yaml have 1 mistake", result.stderr)
            self.assertNotIn(TOKEN[8:40], result.stdout + result.stderr)
        self.assertFalse((self.project.root / "local").exists())
        self.project.edit("project: hello", "project: hello\npolicy: { secret-token: { level: off, why: revoked, paths: [.env] } }")
        self.project.expect(0, "apply", "local", "--yes")

    def test_policy_sets_levels(self):
        self.put("Dockerfile", "FROM debian:12\nCMD [\"/app\"]\n")
        self.project.edit("project: hello", "project: hello\npolicy: { root-user: error }")
        self.assertEqual(self.findings(3), [("Dockerfile", 1, "D0811")])
        self.project.expect(3, "validate")
        self.project.edit("root-user: error", "root-user: { level: off, why: drops its rights itself }")
        self.assertEqual(self.project.document(0, "lint")["allowed"][0]["why"], "drops its rights itself")
        log = json.loads(self.project.expect(0, "lint", "--format", "sarif").stdout)
        self.assertEqual(log["runs"][0]["results"][0]["suppressions"][0]["kind"], "external")
        self.project.edit("root-user: { level: off, why: drops its rights itself }", "root-users: off")
        self.assertIn("error[D0893]", self.project.expect(3, "validate").stderr)

    def test_the_pipeline_has_rules_of_its_own_for_production(self):
        self.project.edit("guarded: {", "production: { vars: { debug: true }, ")
        self.assertEqual(self.findings(3), [("deploy.yaml", 6, "D0841")])
        self.assertIn("error[D0841]", self.project.expect(3, "validate").stderr)

    def test_sarif_has_what_its_schema_requires(self):
        self.put("a folder/.env", f"VALUE={TOKEN}\nOTHER={TOKEN} # deployctl: allow D0801 revoked\n")
        log = json.loads(self.project.expect(3, "lint", "--format", "sarif").stdout)
        self.assertEqual(log["version"], "2.1.0")
        self.assertIn("sarif-2.1.0", log["$schema"])
        (run,) = log["runs"]
        driver = run["tool"]["driver"]
        self.assertEqual(driver["name"], "deployctl")
        self.assertRegex(driver["semanticVersion"], r"^\d+\.\d+\.\d+")
        self.assertEqual(run["columnKind"], "unicodeCodePoints")
        for result in run["results"]:
            self.assertEqual(driver["rules"][result["ruleIndex"]]["id"], result["ruleId"])
            self.assertIn(result["level"], ("error", "warning"))
            self.assertTrue(result["message"]["text"])
            (location,) = result["locations"]
            place = location["physicalLocation"]
            self.assertEqual(place["artifactLocation"]["uri"], "a%20folder/.env")
            region = place["region"]
            self.assertGreaterEqual(region["endColumn"], region["startColumn"])
        standing, allowed = run["results"]
        self.assertEqual(standing["locations"][0]["physicalLocation"]["region"], {"startLine": 1, "startColumn": 7, "endLine": 1, "endColumn": 78})
        self.assertNotIn("suppressions", standing)
        self.assertEqual(allowed["suppressions"], [{"kind": "inSource", "status": "accepted", "justification": "revoked"}])

    def test_sarif_fits_its_own_schema(self):
        schema = sarif_schema()
        if not schema:
            self.skipTest("no npm: the schema of SARIF cannot be had")
        lint_corpus.write(lint_corpus.build(), self.project.place)
        self.put("allowed.env", f"VALUE={TOKEN} # deployctl: allow D0801 revoked\n")
        log = json.loads(self.project.expect(3, "lint", "--format", "sarif").stdout)
        self.assertGreater(len(log["runs"][0]["results"]), 100)
        checked = subprocess.run([os.environ["CHECK_SCHEMA"], schema], input=json.dumps(log), text=True, capture_output=True,
                                 check=False)
        self.assertEqual(checked.returncode, 0, checked.stderr)

    def test_corpus(self):
        corpus = lint_corpus.build()
        lint_corpus.write(corpus, self.project.place)
        self.assertGreaterEqual(len(corpus.files), 200)
        document = self.project.document(3, "lint")
        found = []
        for each in document["findings"]:
            kinds = [match[1] for note in each.get("notes", []) if (match := re.fullmatch(r"found as '(.*)'", note["text"]))]
            found.append((each["file"], each["line"], each["code"], kinds[0] if kinds else ""))
        table = per_rule(corpus, found)
        names = sorted({name for name, _ in table})
        print(f"\n{len(corpus.files)} files\n{'rule':32}{'found':>7}{'missed':>8}{'false':>7}{'recall':>8}{'precision':>11}")
        for name in names:
            hit, missed, false = (table[name, what] for what in ("hit", "missed", "false"))
            print(f"{name:32}{hit:7}{missed:8}{false:7}{hit / max(hit + missed, 1):8.3f}{hit / max(hit + false, 1):11.3f}")
        hits, missed, false = (sum(count for (_, what), count in table.items() if what == key) for key in ("hit", "missed", "false"))
        recall, precision = hits / (hits + missed), hits / (hits + false)
        print(f"recall {recall:.4f}, precision {precision:.4f}")
        self.assertGreaterEqual(recall, LEAST_RECALL)
        self.assertGreaterEqual(precision, LEAST_PRECISION)
        for code in {each["code"] for each in document["findings"]}:
            self.project.expect(0, "explain", code)


if __name__ == "__main__":
    unittest.main()
