"""What is told about runs and places afterwards: `logs`, `report`, `doctor`, `graph --format svg`, `status --watch`."""

import html.parser
import signal
import unittest
import xml.etree.ElementTree

from project import Project

FAILING = """\
version: 1
project: hello
environments:
  local: { hosts: { here: [local] } }
steps:
  motd:
    uses: file.put
    with: { path: "ROOT/motd", content: "first" }
  check:
    uses: exec.run
    needs: [motd]
    with: { command: [sh, -c, "echo '<b>no room</b>' >&2; exit 3"], effect: none }
"""

VOID = {"meta", "br", "hr", "link", "input", "img"}


class Page(html.parser.HTMLParser):
    """Opens and closes in order; keeps the tags, the attributes and the text."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.text = [], set(), set(), ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attributes)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> closes {self.open}"
        self.open.pop()

    def handle_data(self, data):
        self.text += data


class Reports(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def test_a_good_run_is_told_by_log_and_page(self):
        self.project.expect(0, "apply", "local", "--yes")
        log = self.project.expect(0, "logs", "last").stdout
        for words in ("apply of hello/local by", "approved by", "motd", "succeeded, exit code 0"):
            self.assertIn(words, log)
        document = self.project.document(0, "logs", "last", "motd")
        self.assertTrue(document["lines"])
        self.assertTrue(all(line["step"] == "motd" and line["at"] for line in document["lines"]))
        self.assertEqual(self.project.expect(0, "logs", document["run"]).stdout, log)
        self.project.expect(0, "report", "last", "-o", "page.html")
        page = Page((self.project.place / "page.html").read_text())
        self.assertEqual(page.open, [])
        self.assertFalse(page.tags & {"script", "link", "img", "iframe", "form"})
        self.assertFalse({name for name in page.attributes if name.startswith("on")})
        for words in ("hello/local", "Timeline", "Plan", "Approvals", "motd"):
            self.assertIn(words, page.text)

    def test_a_failure_keeps_its_evidence_and_stays_text(self):
        self.project.write(FAILING)
        self.project.expect(8, "apply", "local", "--yes")
        self.assertIn("<b>no room</b>", self.project.expect(0, "logs", "last", "check").stdout)
        page = Page(self.project.expect(0, "report", "last").stdout)
        self.assertIn("<b>no room</b>", page.text)
        self.assertIn("rolled back", page.text)
        self.assertIn("going back", page.text)
        self.assertNotIn("b", page.tags)

    def test_names_that_are_not_there_are_helped(self):
        self.assertIn("no run of this pipeline", self.project.expect(3, "logs", "last").stderr)
        self.project.expect(0, "apply", "local", "--yes")
        self.assertIn("'deployctl history ENV' lists", self.project.expect(3, "report", "01NOTHERE").stderr)
        self.assertIn("similar names: motd", self.project.expect(3, "logs", "last", "mot").stderr)

    def test_completion_offers_recorded_runs(self):
        self.project.expect(0, "apply", "local", "--yes")
        run = self.project.document(0, "logs", "last")["run"]
        offered = self.project.expect(0, "__complete", "--", "logs", "").stdout
        self.assertIn("last\t", offered)
        self.assertIn(f"{run}\tapply of local, succeeded", offered)

    def test_graph_is_a_picture(self):
        picture = xml.etree.ElementTree.fromstring(self.project.expect(0, "graph", "local", "--format", "svg").stdout)
        texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
        self.assertEqual(texts, ["test", "exec.run", "motd", "file.put"])

    def test_watch_says_what_changed_and_ends_with_ctrl_c(self):
        watching = self.project.start("status", "local", "--offline", "--watch", "--every", "1s")
        self.addCleanup(watching.kill)
        self.assertIn("Z\n", watching.stdout.readline())
        self.assertIn("hello/local", watching.stdout.readline())
        self.project.expect(0, "apply", "local", "--yes")
        said = ""
        while "release 1" not in said:  # the reader waits; the suite's limit bounds it
            line = watching.stdout.readline()
            self.assertTrue(line, said)
            said += line
        watching.send_signal(signal.SIGINT)
        watching.communicate(timeout=60)
        self.assertEqual(watching.returncode, 130)
        self.assertIn("--output asks for a document",
                      self.project.expect(3, "status", "--watch", "--output", "json").stderr)


class Doctor(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project())

    def findings(self, code, *words, **options):
        document = self.project.document(code, "doctor", *words, **options)
        return {(each["area"], each["subject"]): each for each in document["findings"]}

    def test_all_is_well(self):
        found = self.findings(0, "local")
        self.assertEqual(found["host", "local"]["health"], "ok")
        self.assertIn("GiB free", found["host", "local"]["detail"])
        self.assertEqual(found["pipeline", "local"]["detail"], "2 steps, no mistakes")
        self.assertEqual(found["git", str(self.project.place)]["health"], "warning")  # no repository
        self.project.git_commit("first")
        found = self.findings(0)
        self.assertEqual(found["git", str(self.project.place)]["health"], "ok")

    def test_each_finding_is_told_and_none_stops_the_others(self):
        self.project.edit("  local: {", "  bad: { hosts: { here: [\"ann@127.0.0.1:1\"] } }\n  local: {")
        self.project.edit("vars:", "secrets: { key: env://NOT_THERE }\nvars:")
        self.project.edit('content: "${vars.greeting}"', 'content: "${secrets.key}"')
        found = self.findings(1)
        self.assertEqual(found["secret", "key"]["health"], "FAILED")
        self.assertEqual(found["host", "127.0.0.1:1"]["health"], "FAILED")
        self.assertEqual(found["host", "local"]["health"], "ok")
        result = self.project.expect(1, "doctor")
        self.assertIn("NOT_THERE", result.stderr)
        self.assertIn("FAILED", result.stdout)

    def test_a_pipeline_with_a_mistake_is_a_finding(self):
        self.project.edit("content:", "contents:")
        found = self.findings(1, "local")
        self.assertEqual(found["pipeline", "local"]["health"], "FAILED")
        self.assertIn("program", {area for area, _ in found})


if __name__ == "__main__":
    unittest.main(verbosity=2)
