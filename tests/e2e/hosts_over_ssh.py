"""Releases over real sshd: host by host, taken back everywhere when one host fails, and nothing touched when one is down."""

import re
import signal
import subprocess
import unittest

from quickstart_world import need
from ssh_links import need_links
from ssh_world import SshWorld, need_root
from waiting import wait_for

WANTED_REQUESTS = 20_000
MOST_UPDATES = 40  # until there were as many


class Load:
    """wrk against every host at once until finish(); requests and what was not a 200."""

    def __init__(self, hosts):
        self.processes = [subprocess.Popen(["wrk", "-t", "1", "-c", "4", "-d", "600s", "--timeout", "20s",
                                            f"http://{host.address}:{host.world.service_port}/"], stdout=subprocess.PIPE, text=True)
                          for host in hosts]

    def finish(self):
        requests = bad = 0
        for process in self.processes:
            process.send_signal(signal.SIGINT)
        for process in self.processes:
            text, _ = process.communicate(timeout=120)
            requests += int(re.search(r"(\d+) requests in", text).group(1))
            non_200 = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
            errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
            bad += int(non_200.group(1)) if non_200 else 0
            bad += sum(int(number) for number in errors.groups()) if errors else 0
        return requests, bad


class HostsOverSsh(unittest.TestCase):
    def setUp(self):
        self.world = self.enterContext(SshWorld(links=True, patient=True))
        self.world.commit("v1")
        self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), ["v1"] * 3)

    def tearDown(self):
        self.assertEqual(self.world.leftovers(), {})

    def update(self, version):
        self.world.commit(version)
        before = [host.logins() for host in self.world.hosts]
        self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), [version] * 3)
        self.world.check_logins(before, [1, 1, 1])

    def test_updates_in_batches_of_one_lose_no_request(self):
        requests, number = 0, 1
        while requests < WANTED_REQUESTS and number < MOST_UPDATES:
            number += 1
            load = Load(self.world.hosts)
            self.update(f"v{number}")
            more, bad = load.finish()
            self.assertEqual(bad, 0)
            requests += more
        print(f"{requests} requests to three hosts during {number - 1} updates, 0 other than 200")
        self.assertGreaterEqual(requests, WANTED_REQUESTS)
        nothing = self.world.expect(0, "apply", "production", "--yes")
        self.assertIn("nothing was changed", nothing.stdout + nothing.stderr)

    def test_a_version_that_fails_on_one_host_goes_back_everywhere(self):
        load = Load(self.world.hosts)
        self.update("v2")
        self.world.hosts[1].write("sick-v3", "")
        self.world.commit("v3")
        failed = self.world.expect(8, "apply", "production", "--yes")
        self.assertIn(self.world.hosts[1].address, failed.stderr)
        self.assertIn(f"web@{self.world.hosts[0].address}: is as before", failed.stderr)  # it had been changed too
        self.assertEqual(self.world.versions(), ["v2"] * 3)
        self.world.expect(0, "rollback", "production", "--to", "v1", "--yes")
        self.assertEqual(self.world.versions(), ["v1"] * 3)
        requests, bad = load.finish()
        print(f"{requests} requests to three hosts, {bad} other than 200")
        self.assertEqual(bad, 0)

    def test_one_host_that_is_down_leaves_all_untouched(self):
        down = self.world.hosts[2]
        live = [host.live() for host in self.world.hosts[:2]]
        down.stop()
        self.world.commit("v2")
        refused = self.world.expect(1, "apply", "production", "--yes")
        self.assertIn(down.address, refused.stderr + refused.stdout)
        self.assertEqual([host.live() for host in self.world.hosts[:2]], live)
        self.assertEqual(self.world.versions(), ["v1", "v1", None])

    def test_a_killed_controller_leaves_nothing_running_and_the_next_apply_finishes(self):
        self.world.commit("v2")
        for delay in (0.3, 0.9, 1.6):
            controller = subprocess.Popen(self.world.command("apply", "production", "--yes"), env=self.world.environment,
                                          stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                controller.wait(delay)
            except subprocess.TimeoutExpired:
                self.world.end_controller(controller, signal.SIGKILL)
            wait_for("nothing is left", lambda: not self.world.leftovers())
        self.world.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.world.versions(), ["v2"] * 3)


class DetachedOverSsh(unittest.TestCase):
    MORE = """\
  migrate:
    uses: host.run
    needs: [web]
    with:
      hosts: web
      on: first
      on_disconnect: detach
      script: |
        echo run >>"$HOME/runs"
        echo begun >"$HOME/begun"
        read line <"$HOME/go"
"""

    def test_a_migration_survives_the_controller_and_runs_once(self):
        world = self.enterContext(SshWorld(count=1, more=self.MORE))
        host, = world.hosts
        home = f"{world.root}/home"
        host.inside("mkfifo", f"{home}/begun", f"{home}/go")
        world.commit("v1")
        controller = subprocess.Popen(world.command("apply", "production", "--yes"), env=world.environment,
                                      stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        host.inside("sh", "-c", f"read line <{home}/begun")
        world.end_controller(controller, signal.SIGKILL)
        follower = subprocess.Popen(["nsenter", "-t", str(host.sshd.pid), "-m", "sh", "-c", f"echo go >{home}/go"])
        world.expect(0, "apply", "production", "--yes")
        follower.wait(20)
        self.assertEqual(host.inside("cat", f"{home}/runs"), "run\n")
        wait_for("nothing is left", lambda: not world.leftovers())


class FilesOverSsh(unittest.TestCase):
    MORE = """\
  plain:
    uses: file.put
    needs: [web]
    with: { path: "ROOT/etc/it's plain", source: app/settings.json, mode: "0640", owner: nobody, group: "4321" }
  secret:
    uses: file.put
    needs: [plain]
    with: { path: ROOT/etc/secret, content: "token=${secrets.token}", mode: "0400", owner: "1234" }
"""
    SECRETS = 'secrets: { token: "env://TOKEN" }\nsteps:\n'

    def stand(self, host, name):
        return host.inside("stat", "-c", "%a %U %u %g", f"{host.world.root}/etc/{name}").strip()

    def test_files_arrive_with_bytes_mode_and_owner_and_go_back_with_them(self):
        world = self.enterContext(SshWorld(more=self.MORE))
        pipeline = world.project / "deploy.yaml"
        pipeline.write_text(pipeline.read_text().replace("steps:\n", self.SECRETS, 1))
        world.environment["TOKEN"] = "s3cret-of-the-first"
        world.commit("v1")
        world.expect(0, "apply", "production", "--yes")
        before = [host.read("etc/it's plain") for host in world.hosts]
        for host in world.hosts:
            self.assertIn('"v1"', host.read("etc/it's plain"))
            self.assertRegex(self.stand(host, "it's plain"), r"^640 nobody \d+ 4321$")
            self.assertEqual(host.read("etc/secret"), "token=s3cret-of-the-first")
            self.assertRegex(self.stand(host, "secret"), r"^400 \S+ 1234 0$")
        world.expect(0, "plan", "production", "--detailed-exitcode")
        world.hosts[1].inside("chown", "root", f"{world.root}/etc/it's plain")
        world.expect(2, "plan", "production", "--detailed-exitcode")
        # The second host cannot take the secret: everything goes back, owners too.
        world.hosts[1].inside("sh", "-c", f"rm {world.root}/etc/secret && mkdir {world.root}/etc/.deployctl/secret.new")
        world.environment["TOKEN"] = "s3cret-of-the-second"
        world.commit("v2")
        world.expect(8, "apply", "production", "--yes")
        self.assertEqual(world.versions(), ["v1"] * 3)
        self.assertEqual([host.read("etc/it's plain") for host in world.hosts], before)
        self.assertRegex(self.stand(world.hosts[0], "it's plain"), r"^640 nobody \d+ 4321$")
        self.assertRegex(self.stand(world.hosts[1], "it's plain"), r"^640 root 0 4321$")
        world.hosts[1].inside("rmdir", f"{world.root}/etc/.deployctl/secret.new")
        world.expect(0, "apply", "production", "--yes")
        for host in world.hosts:
            self.assertEqual(host.read("etc/secret"), "token=s3cret-of-the-second")
            self.assertRegex(self.stand(host, "it's plain"), r"^640 nobody \d+ 4321$")


class TakenOver(unittest.TestCase):
    MORE = DetachedOverSsh.MORE + """\
  after:
    uses: host.run
    needs: [migrate]
    with: { hosts: web, script: "echo after >>\\"$HOME/after\\"" }
"""

    def test_tough_15_a_controller_that_wakes_up_late_is_refused_by_the_hosts(self):
        world = self.enterContext(SshWorld(count=2, more=self.MORE))
        first, home = world.hosts[0], f"{world.root}/home"
        first.inside("mkfifo", f"{home}/begun", f"{home}/go")
        world.commit("v1")
        late = subprocess.Popen(world.command("apply", "production", "--yes"), env=world.environment, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        first.inside("sh", "-c", f"read line <{home}/begun")
        late.send_signal(signal.SIGSTOP)
        try:
            world.take_over()
            follower = subprocess.Popen(["nsenter", "-t", str(first.sshd.pid), "-m", "sh", "-c", f"echo go >{home}/go"])
            world.expect(0, "apply", "production", "--yes")
            follower.wait(20)
        finally:
            late.send_signal(signal.SIGCONT)
            said, _ = late.communicate(timeout=120)
        self.assertNotEqual(late.returncode, 0, said)
        self.assertIn("fenced off by epoch", said)
        self.assertEqual(first.inside("cat", f"{home}/runs"), "run\n")
        for host in world.hosts:
            self.assertEqual(host.inside("cat", f"{home}/after"), "after\n")
        world.expect(0, "apply", "production", "--yes")


if __name__ == "__main__":
    need("git", "wrk")
    need_root()
    need_links()
    unittest.main(verbosity=2)
