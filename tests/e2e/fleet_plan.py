"""What a plan says of hosts over real sshd: by one command each, who changed them, what is remembered, how they are reached."""

import hashlib
import json
import os
import unittest

from quickstart_world import need
from ssh_world import MULTIPLEXING, SshWorld, need_root


class FleetPlan(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(SshWorld())
        self.world.commit("v1")
        self.world.expect(0, "apply", "production", "--yes")
        self.world.commit("v2")

    def edit(self, before, after):
        path = self.world.project / "deploy.yaml"
        text = path.read_text()
        self.assertIn(before, text)
        path.write_text(text.replace(before, after))

    def row(self, text, host):
        lines = [line for line in text.splitlines() if line.strip().startswith(host.address + " ")]
        self.assertEqual(len(lines), 1, text)
        return lines[0]

    def test_one_command_a_host_tells_what_is_there_and_since_when(self):
        begun = [host.log().count("Starting session: command") for host in self.world.hosts]
        document = json.loads(self.world.expect(0, "plan", "production", "--output", "json").stdout)
        for host, before in zip(self.world.hosts, begun):
            self.assertEqual(host.log().count("Starting session: command") - before, 1)
        targets = next(step for step in document["content"]["steps"] if step["id"] == "web")["targets"]
        for host, target in zip(self.world.hosts, targets):
            facts = target["facts"]
            self.assertEqual(facts["now"], host.live().removeprefix("releases/"))
            self.assertTrue(facts["changed_by"].startswith("run "), facts)
            self.assertEqual(facts["kept"], [facts["now"]])
            self.assertEqual(facts["host"]["user"], "root")
            self.assertEqual(facts["host"]["architecture"], {"x86_64": "amd64", "aarch64": "arm64"}.get(
                os.uname().machine, os.uname().machine))
            self.assertEqual(facts["host"]["disks"][f"{self.world.root}/web"]["mount"], str(self.world.root))
            self.assertEqual([fence["run"] for fence in facts["host"]["fences"]], [facts["changed_by"].split()[1]])
            self.assertLess(facts["since"], facts["observed_at"])
        shown = self.world.expect(0, "plan", "production", "--all-hosts").stdout
        for host in self.world.hosts:
            self.assertIn("~ update", self.row(shown, host))
            self.assertIn(host.live().removeprefix("releases/"), self.row(shown, host))

    def test_what_files_stand_there_is_told_like_releases(self):
        self.edit("steps:\n", f"steps:\n  motd:\n    uses: file.put\n    with: {{ path: {self.world.root}/motd, content: one }}\n")
        self.world.commit("v3")
        self.world.expect(0, "apply", "production", "--yes")
        self.world.hosts[1].write("motd", "by hand")
        self.edit("content: one", "content: two")
        document = json.loads(self.world.expect(0, "plan", "production", "--output", "json").stdout)
        targets = next(step for step in document["content"]["steps"] if step["id"] == "motd")["targets"]
        digests = {host: "sha256:" + hashlib.sha256(text).hexdigest()[:12] for host, text in
                   zip(range(3), (b"one", b"by hand", b"one"))}
        for number, target in enumerate(targets):
            self.assertEqual(target["facts"]["now"], digests[number])
            self.assertLessEqual(target["facts"]["since"], target["facts"]["observed_at"])
        self.assertIn(digests[1], self.world.expect(0, "plan", "production").stdout)

    def test_a_host_that_was_changed_since_the_plan_is_named_with_whose_hand_it_was(self):
        self.world.expect(0, "plan", "production", "-o", "next.plan")
        host = self.world.hosts[1]
        host.inside("sh", "-c", 'cd "$1/web" && cp -r "$(readlink current)" releases/by-hand && ln -sfn releases/by-hand current',
                    "sh", str(self.world.root))
        stale = self.world.expect(7, "apply", "next.plan", "--yes")
        self.assertIn(host.address, stale.stderr)
        self.assertIn("-> by-hand by hand at ", stale.stderr)
        self.assertEqual(self.world.versions(), ["v1"] * 3)

    def test_a_host_that_is_down_is_shown_from_memory(self):
        down = self.world.hosts[2]
        release = down.live().removeprefix("releases/")
        down.stop()
        refused = self.world.expect(1, "plan", "production")
        self.assertIn(f"last recorded on {down.address}: {release} since ", refused.stderr)
        self.edit("batch: 1", "batch: 1, unreachable: { skip: 1 }")
        row = self.row(self.world.expect(0, "plan", "production").stdout, down)
        self.assertIn(release + " (from memory)", row)
        self.assertIn("UNREACHABLE", row)

    def test_a_blocked_host_stops_everything_before_anything(self):
        self.edit("source: app", "source: app\n      architecture: s390x")
        blocked = self.world.expect(1, "apply", "production", "--yes")
        self.assertIn("the release is for s390x, the host is ", blocked.stderr)
        self.assertEqual(self.world.versions(), ["v1"] * 3)

    @unittest.skipUnless(MULTIPLEXING, "it says itself how hosts are reached")
    def test_how_hosts_are_reached_stands_in_the_pipeline(self):
        # Without the program that stands before ssh the pipeline alone says where its configuration is.
        self.world.environment["PATH"] = os.environ["PATH"]
        known = self.world.folder / "known_hosts"
        known.write_text("")
        ssh = f"providers:\n  ssh: {{ config: {self.world.folder}/ssh_config, MORE }}\nsteps:\n"
        self.edit("steps:\n", ssh.replace(", MORE", ""))
        refused = self.world.deployctl("plan", "production")
        self.assertNotEqual(refused.returncode, 0)
        self.assertEqual(known.read_text(), "")
        self.edit("/ssh_config", "/ssh_config, new_hosts: accept, connect_timeout: 20s")
        self.world.expect(0, "plan", "production")
        self.assertEqual(len(known.read_text().splitlines()), 3)
        self.edit("new_hosts: accept", "multiplexing: false")
        self.world.commit("v3")
        self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), ["v3"] * 3)


if __name__ == "__main__":
    need("git")
    need_root()
    unittest.main(verbosity=2)
