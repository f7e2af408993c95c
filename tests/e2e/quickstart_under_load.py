"""The quickstart under load: an update without a lost request, a failure taken back, a rollback, and refused plans."""

import json
import re
import socket
import subprocess
import unittest

from quickstart_world import World, need

REQUESTS = 20_000


class Load:
    """wrk in the background; its summary when it is stopped by its own time limit."""

    def __init__(self, port, seconds):
        self.process = subprocess.Popen(["wrk", "-t", "1", "-c", "8", "-d", f"{seconds}s",
                                         f"http://127.0.0.1:{port}/"], stdout=subprocess.PIPE, text=True)

    def finish(self):
        text, _ = self.process.communicate(timeout=120)
        requests = int(re.search(r"(\d+) requests in", text).group(1))
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        return requests, int(bad.group(1)) if bad else 0, [int(n) for n in errors.groups()] if errors else [0] * 4


class QuickstartUnderLoad(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(World())
        self.world.commit("v1")
        self.world.expect(0, "apply", "local", "--yes")

    def test_an_update_loses_no_request(self):
        requests = 0
        for version in ("v2", "v1b", "v2b", "v1c", "v2c"):
            if version == "v2":
                self.world.commit("v2")
            load = Load(self.world.port, 4)
            if version.startswith("v2"):
                self.world.git("checkout", "-q", "v2")
            else:
                self.world.git("checkout", "-q", "v1")
            self.world.expect(0, "apply", "local", "--yes")
            self.assertEqual(self.world.answer()["version"], version[:2])
            count, bad, errors = load.finish()
            requests += count
            self.assertEqual(bad, 0)
            self.assertEqual(errors, [0, 0, 0, 0])
            if requests >= REQUESTS and version.startswith("v2"):
                break
        self.assertGreaterEqual(requests, REQUESTS)
        print(f"{requests} requests, 0 other than 200, during the updates")

    def test_a_reload_that_nobody_waits_for_leaves_the_service_up(self):
        for _ in range(3):
            with socket.socket(socket.AF_UNIX) as caller:
                caller.connect(str(self.world.service / "control"))
        self.world.commit("v2")
        self.world.expect(0, "apply", "local", "--yes")
        self.assertEqual(self.world.answer()["version"], "v2")

    def test_a_failing_version_is_taken_back_and_the_history_is_true(self):
        self.world.commit("v2")
        self.world.expect(0, "apply", "local", "--yes")
        self.world.commit("v3")
        load = Load(self.world.port, 5)
        failed = self.world.expect(8, "apply", "local", "--yes")
        self.assertIn("500", failed.stdout + failed.stderr, "the evidence is shown")
        self.assertEqual(self.world.answer()["version"], "v2")
        _, bad, errors = load.finish()
        self.assertEqual((bad, errors), (0, [0, 0, 0, 0]))
        history = json.loads(self.world.expect(0, "history", "local", "--output", "json").stdout)
        self.assertIn("v2", json.dumps(history))
        status = self.world.expect(0, "status", "local").stdout
        self.assertIn("v2", status)

    def test_rollback_shows_a_difference_first_and_drift_is_seen_afterwards(self):
        self.world.commit("v2")
        self.world.expect(0, "apply", "local", "--yes")
        planned = self.world.expect(6, "rollback", "local", "--to", "v1")
        self.assertIn("settings.json", planned.stdout, "the difference is shown before anybody is asked")
        self.assertEqual(self.world.answer()["version"], "v2")
        self.world.expect(0, "rollback", "local", "--to", "v1", "--yes")
        self.assertEqual(self.world.answer()["version"], "v1")
        self.world.git("checkout", "-q", "v1")
        self.world.expect(0, "plan", "local", "--detailed-exitcode")
        (self.world.service / "current" / "settings.json").write_text("{}")
        drifted = self.world.expect(2, "plan", "local", "--detailed-exitcode")
        self.assertIn("settings.json", drifted.stdout)
        self.world.expect(0, "apply", "local", "--yes")
        self.world.expect(0, "plan", "local", "--detailed-exitcode")
        (self.world.service / "current" / "data").unlink()
        (self.world.service / "current" / "data").symlink_to("elsewhere")
        drifted = self.world.expect(2, "plan", "local", "--detailed-exitcode")
        self.assertIn("data", drifted.stdout)


class SavedPlans(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(World())
        self.world.commit("v1")
        self.world.expect(0, "apply", "local", "--yes")
        self.world.commit("v2")
        self.plan = self.world.folder / "saved.plan"
        self.world.expect(0, "plan", "local", "-o", str(self.plan))

    def refused(self, *words):
        result = self.world.expect(7, "apply", str(self.plan), "--yes")
        self.assertEqual(self.world.answer()["version"], "v1")
        for word in words:
            self.assertIn(word, result.stdout + result.stderr)

    def test_an_untouched_plan_is_applied(self):
        self.world.expect(0, "apply", str(self.plan), "--yes")
        self.assertEqual(self.world.answer()["version"], "v2")

    def test_a_plan_is_refused_after_drift(self):
        (self.world.service / "current" / "server.py").write_text("# by hand\n" + (
            self.world.service / "current" / "server.py").read_text())
        self.refused("web", "server.py")

    def test_an_edited_plan_is_refused(self):
        self.plan.write_text(self.plan.read_text().replace("settings.json", "settings.yaml"))
        self.refused("digest")

    def test_a_plan_is_refused_after_the_pipeline_changed(self):
        pipeline = self.world.project / "deploy.yaml"
        pipeline.write_text(pipeline.read_text().replace("keep: 3", "keep: 4"))
        self.refused("pipeline")

    def test_two_plans_of_one_world_have_one_digest(self):
        first = json.loads(self.world.expect(0, "plan", "local", "--output", "json").stdout)
        second = json.loads(self.world.expect(0, "plan", "local", "--output", "json").stdout)
        self.assertEqual(first["envelope"]["digest"], second["envelope"]["digest"])


if __name__ == "__main__":
    need("wrk", "git")
    unittest.main(verbosity=2)
