"""docker.service behind Caddy, HAProxy and nginx on a real dockerd, under load all the time: releases, one that crashes, one
that is taken back after the switch, a rollback, a slow answer, and what somebody changed at the proxy. More requests, and
kill -9 at durable points: tests/long/docker_proxies.py.
"""

import threading
import unittest

from docker_world import DockerWorld, need_engine
from proxied_service import CRASH, ProxiedService
from proxy_world import enter_own_network
from quickstart_world import need
from waiting import wait_for

LEAST_REQUESTS = 100  # a load that asked less was none


def setUpModule():
    global WORLD
    enter_own_network()
    WORLD = DockerWorld()
    unittest.addModuleCleanup(WORLD.__exit__)


class BehindProxy:
    name = ""

    def setUp(self):
        self.project = WORLD.project(f"{self.name}-{len(list(WORLD.folder.iterdir()))}", "  none: {}\n")
        self.service = ProxiedService(self.project, WORLD.engine, WORLD.image, self.name)
        self.proxy = self.service.proxy
        self.addCleanup(self.service.end)
        self.service.begin()

    def expect_nothing_lost(self, load):
        requests, bad, errors = load.finish()
        self.assertEqual((bad, errors), (0, 0), f"of {requests} requests through {self.name}")
        self.assertGreater(requests, LEAST_REQUESTS)
        print(f"{self.name}: {requests} requests, 0 lost")

    def test_what_a_service_goes_through_loses_no_request(self):
        load = self.service.load()
        self.a_release_waits_for_what_the_old_one_has_begun()
        self.what_is_as_written_costs_no_change()
        self.a_release_that_crashes_is_taken_back()
        self.a_release_that_a_gate_refuses_is_taken_back()
        self.service.write("v2")
        self.project.expect(0, "rollback", "production", "--to", "1", "--yes")
        self.assertEqual(self.proxy.ask(), "v1")
        self.assertEqual(len(self.service.running()), 1)
        self.expect_nothing_lost(load)

    def a_release_waits_for_what_the_old_one_has_begun(self):
        said = []
        asking = threading.Thread(target=lambda: said.append(self.proxy.ask("/cgi-bin/slow")))
        asking.start()
        wait_for("the slow request", lambda: self.service.answers("", "/begun"))
        self.service.release("v2")
        asking.join()
        self.assertEqual(said, ["v1"])
        self.assertEqual(self.proxy.ask(), "v2")
        self.assertEqual(len(self.service.running()), 1)

    def what_is_as_written_costs_no_change(self):
        changes = len(WORLD.engine.changes())
        self.project.expect(0, "plan", "production", "--detailed-exitcode")
        self.project.expect(0, "apply", "production", "--yes")
        self.assertEqual(len(WORLD.engine.changes()), changes)

    def a_release_that_crashes_is_taken_back(self):
        before = self.service.running()
        crashed = self.service.release("v3", code=8, script=CRASH)
        self.assertIn("ended with exit status 3", crashed.stdout + crashed.stderr)
        self.assertIn("no such table", crashed.stdout + crashed.stderr)
        self.assertEqual(self.service.running(), before)

    def a_release_that_a_gate_refuses_is_taken_back(self):
        before = self.service.running()
        gates = ("gates:\n  wrong: { uses: http.check, with: { url: \"http://127.0.0.1:%d/\", body: \"somebody else\","
                 " within: 1s } }\n" % self.proxy.port)
        refused = self.service.release("v4", code=8, more="    gates: [wrong]\n", gates=gates)
        self.assertIn("-> 'api-", refused.stdout + refused.stderr)  # the switch was made, there and back
        self.assertEqual(self.proxy.ask(), "v2")
        self.assertEqual(self.service.running(), before)


class BehindCaddy(BehindProxy, unittest.TestCase):
    name = "caddy"

    def test_what_a_service_goes_through_loses_no_request(self):
        super().test_what_a_service_goes_through_loses_no_request()
        self.assertIn('"If-Match"', self.proxy.log())  # what somebody else changed meanwhile is not written over

    def test_a_route_that_was_removed_is_shown_and_mended(self):
        self.proxy.stop()
        self.proxy.start("caddy", "run", "--config", self.proxy.folder / "caddy.json")  # without what it was told
        planned = self.project.expect(2, "plan", "production", "--detailed-exitcode")
        self.assertIn("requests_to", planned.stdout)
        self.project.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.proxy.ask(), "v1")
        self.assertEqual(len(self.service.containers()), 1)


class BehindHaproxy(BehindProxy, unittest.TestCase):
    name = "haproxy"

    def test_a_dead_proxy_stops_the_run_before_anything_changes(self):
        self.proxy.stop()
        changes = len(WORLD.engine.changes())
        self.service.write("v2")
        refused = self.project.deployctl("apply", "production", "--yes")
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("HAProxy", refused.stdout + refused.stderr)
        self.assertEqual(len(WORLD.engine.changes()), changes)


class BehindNginx(BehindProxy, unittest.TestCase):
    name = "nginx"

    def test_a_configuration_that_nginx_refuses_is_taken_back(self):
        load = self.service.load()
        upstream = self.proxy.folder / "upstreams" / "api.conf"
        before = upstream.read_text()
        broken = self.proxy.folder / "sites" / "broken.conf"
        broken.write_text("no such directive;\n")
        failed = self.service.release("v2", code=8)
        self.assertIn("nginx refuses its configuration", failed.stdout + failed.stderr)
        self.assertEqual(upstream.read_text(), before)
        self.assertEqual(self.proxy.ask(), "v1")
        self.assertEqual(len(self.service.running()), 1)
        broken.unlink()
        self.service.release("v2")
        self.assertEqual(self.proxy.ask(), "v2")
        self.expect_nothing_lost(load)


if __name__ == "__main__":
    need("wrk", "caddy", "haproxy", "nginx", "ip")
    need_engine()
    unittest.main(verbosity=2)
