"""docker.service behind a proxy of another host, over real sshd: Caddy's admin API comes by a forward, HAProxy and nginx are led by
scripts there. One host for each, under load: a release, one that crashes, one that is taken back after the switch.
"""

import unittest

from docker_over_ssh import FarEngines, FarProject
from docker_world import need_engine
from proxied_service import CRASH, ProxiedService
from proxy_world import PROXIES
from quickstart_world import need
from ssh_links import need_links
from ssh_world import need_root


class DockerProxiesOverSsh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = FarEngines()
        cls.addClassCleanup(cls.world.__exit__)

    def service_on(self, number, proxy):
        host = self.world.hosts[number]
        host.inside("sh", "-c", "echo 1 >/proc/sys/net/ipv4/tcp_migrate_req")
        project = FarProject(self.world, proxy)
        project.hosts = [host.address]
        service = ProxiedService(project, self.world.engines[number], self.world.image, proxy,
                                 more="      archive: busybox.tar\n", address=host.address, words=host.link.words())
        self.addCleanup(service.end)
        service.begin()
        return service

    def expect_live(self, service, version):
        self.assertEqual(service.proxy.ask(), version)
        self.assertEqual(len(service.running()), 1)

    def expect_no_request_lost(self, service):
        load = service.load()
        service.release("v2")
        self.expect_live(service, "v2")
        service.release("v3", code=8, script=CRASH)
        self.expect_live(service, "v2")
        gates = ("gates:\n  wrong: { uses: http.check, with: { url: \"http://%s:%d/\", body: \"somebody else\", within: 1s } }\n"
                 % (service.proxy.address, service.proxy.port))
        service.release("v4", code=8, more="    gates: [wrong]\n", gates=gates)
        self.expect_live(service, "v2")
        requests, bad, errors = load.finish()
        self.assertEqual((bad, errors), (0, 0), f"of {requests} requests")
        print(f"{requests} requests, 0 lost", flush=True)
        service.write("v2")
        service.project.expect(0, "plan", "production", "--detailed-exitcode")

    def test_a_caddy_over_there_loses_no_request(self):
        self.expect_no_request_lost(self.service_on(0, "caddy"))

    def test_a_haproxy_over_there_loses_no_request(self):
        self.expect_no_request_lost(self.service_on(1, "haproxy"))

    def test_an_nginx_over_there_loses_no_request(self):
        self.expect_no_request_lost(self.service_on(2, "nginx"))


if __name__ == "__main__":
    need("wrk", *PROXIES)
    need_engine()
    need_root()
    need_links()
    unittest.main(verbosity=2)
