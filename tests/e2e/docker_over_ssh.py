"""docker.service and docker.task on three hosts over real sshd, each with a dockerd of its own in its network namespace: one
host after the other under load, a crash at the first, the way back without a pull, engines that cannot be used, an image
that no registry has and one that a registry gives for a login, and kill -9 at durable points.

The service listens on the loopback of its host only, unless there is load, so whoever finds it healthy asked from there.
With DEPLOYCTL_TEST_MULTIPLEXING=no each way to an engine is an ssh of its own; with DEPLOYCTL_TEST_WHOLE=yes it is killed at
every durable point and at random moments (tests/long/run).
"""

import base64
import http.client
import json
import os
import random
import signal
import subprocess
import threading
import time
import unittest

from docker_world import Engine, Project, need_engine, save
from quickstart_world import need
from registry_world import PASSWORD, Registry
from ssh_links import need_links
from ssh_world import MULTIPLEXING, SshWorld, need_root
from waiting import WAIT

PORT = 18080  # in the namespace of each host
WHOLE = os.environ.get("DEPLOYCTL_TEST_WHOLE") == "yes"
SAMPLE_STEP = 1 if WHOLE else 37  # durable points from one kill to the next
MOMENTS = 50  # kills at random moments, in the long run only
MOST_POINTS = 2000
SERVES = f'mkdir -p /www; echo "$VERSION" >/www/version; exec httpd -f -p 127.0.0.1:{PORT} -h /www'
SERVES_ALL = SERVES.replace("127.0.0.1:", "")


def service(image, version, script=SERVES):
    return (f"  api:\n    uses: docker.service\n    with:\n      image: \"{image}\"\n      archive: busybox.tar\n"
            f"      network: host\n      command: [sh, -c, '{script}']\n      env: {{ VERSION: \"{version}\" }}\n"
            f"      grace: 1s\n"
            f"      health: {{ http: \":{PORT}/version\", body: \"{version}\", within: 90s, interval: 100ms, consecutive: 2 }}\n"
            f"    strategy: {{ rolling: {{ batch: 1 }} }}\n")


def login(registry):
    return (f"  registry.local: {{ host: \"{registry}\", user: deploy, password: \"${{secrets.registry}}\" }}\n"
            "secrets: { registry: env://REGISTRY_PASSWORD }\n")


def digest_at(registry, tag):
    connection = http.client.HTTPConnection(registry, timeout=WAIT)
    user = base64.b64encode(f"deploy:{PASSWORD}".encode()).decode()
    connection.request("HEAD", f"/v2/team/app/manifests/{tag}", headers={
        "Authorization": f"Basic {user}", "Accept": "application/vnd.docker.distribution.manifest.v2+json"})
    digest = connection.getresponse().headers["Docker-Content-Digest"]
    connection.close()
    return digest


def moment(text):
    """A time of the engine's, which leaves out zeros at the end, as something to compare."""
    seconds, _, fraction = text.rstrip("Z").partition(".")
    return seconds, fraction.ljust(9, "0")


class Load(threading.Thread):
    """Asks the hosts in turn, as a balancer before them does: the next one when one does not answer."""

    def __init__(self, addresses):
        super().__init__()
        self.addresses = addresses
        self.ending = threading.Event()
        self.requests = self.passed_on = self.failed = 0
        self.start()

    def run(self):
        while not self.ending.is_set():
            self.requests += 1
            order = self.addresses[self.requests % len(self.addresses):] + self.addresses[:self.requests % len(self.addresses)]
            for address in order:
                if self.is_served(address):
                    break
                self.passed_on += 1
            else:
                self.failed += 1

    @staticmethod
    def is_served(address):
        connection = http.client.HTTPConnection(address, PORT, timeout=WAIT)
        try:
            connection.request("GET", "/version")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def end(self):
        self.ending.set()
        self.join()


class FarEngines(SshWorld):
    """Each host's engine answers at ROOT/docker.sock there."""

    def __init__(self):
        self.engines = []
        super().__init__(links=True, patient=True)
        try:
            self.archive = self.folder / "busybox.tar"
            self.image = save(self.archive, {"StopSignal": "SIGKILL"})  # what is process 1 ignores SIGTERM
            for host in self.hosts:
                self.engines.append(Engine(host.folder / "engine", host.link.words()))
                self.give_socket(host)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        for engine in self.engines:
            engine.stop()
        super().__exit__()

    def give_socket(self, host):
        host.inside("ln", "-sfn", str(host.folder / "engine" / "docker.sock"), f"{self.root}/docker.sock")

    def take_socket(self, host):
        host.inside("rm", f"{self.root}/docker.sock")

    def commands_run(self):
        """How many commands were run on each host so far."""
        return [host.log().count("Starting session: command") for host in self.hosts]

    def changes(self):
        return [len(engine.changes()) for engine in self.engines]


class FarProject(Project):
    def __init__(self, world, name):
        self.hosts = [host.address for host in world.hosts]
        super().__init__(world, name, "  none: {}\n")
        os.link(world.archive, self.folder / "busybox.tar")

    def write(self, steps, more=""):
        single = "" if MULTIPLEXING else "  ssh: { multiplexing: false }\n"
        (self.folder / "deploy.yaml").write_text(
            f"version: 1\nproject: {self.name}\n"
            f"providers:\n  docker: {{ socket: {self.world.root}/docker.sock }}\n{single}{more}"
            f"environments:\n  production: {{ hosts: {{ web: [{', '.join(self.hosts)}] }} }}\nsteps:\n{steps}")

    def environment(self, extra=None):
        return {**self.world.environment, **(extra or {})}


class DockerOverSsh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = FarEngines()
        cls.addClassCleanup(cls.world.__exit__)

    def setUp(self):
        self.project = FarProject(self.world, self.id().rsplit(".", 1)[-1].replace("_", "-")[:50])

    def tearDown(self):
        for engine in self.world.engines:
            for container in self.containers(engine):
                engine.ask("POST", f"/containers/{container['Id']}/update", json.dumps({"RestartPolicy": {"Name": "no"}}))
                engine.ask("POST", f"/containers/{container['Id']}/kill")
                engine.ask("POST", f"/containers/{container['Id']}/wait")

    def containers(self, engine):
        return engine.containers(stack=self.project.name + "/production")

    def versions(self):
        """What each host's service says to the host itself."""
        found = []
        for host in self.world.hosts:
            try:
                found.append(host.inside("busybox", "wget", "-qO-", f"http://127.0.0.1:{PORT}/version").strip())
            except subprocess.CalledProcessError:
                found.append(None)
        return found

    def begin_load(self):
        load = Load([host.address for host in self.world.hosts])
        self.addCleanup(load.end)
        return load

    def release(self, version, script=SERVES, code=0, options=()):
        self.project.write(service(self.world.image, version, script))
        return self.project.expect(code, "apply", "production", "--yes", *options)

    def lives(self):
        """Of each host's containers: when the one that runs began, and when the last that ended did."""
        found = []
        for engine in self.world.engines:
            states = [engine.inspect(container["Id"])["State"] for container in self.containers(engine)]
            found.append((max(moment(state["StartedAt"]) for state in states if state["Running"]),
                          max((moment(state["FinishedAt"]) for state in states if not state["Running"]), default=None)))
        return found

    def test_releases_go_from_host_to_host_and_back(self):
        self.release("v1", SERVES_ALL)
        self.assertEqual(self.versions(), ["v1"] * 3)
        for engine in self.world.engines:  # whichever test was the first to need it
            self.assertEqual(len([path for _, path in engine.changes() if "/images/load" in path]), 1)
        before = self.world.changes()
        self.release("v1", SERVES_ALL)
        self.assertEqual(self.world.changes(), before)

        load = self.begin_load()
        self.release("v2", SERVES_ALL)
        self.assertEqual(self.versions(), ["v2"] * 3)
        turns = sorted(self.lives(), key=lambda life: life[1])
        for (began, _), (_, next_ended) in zip(turns, turns[1:]):
            self.assertLess(began, next_ended, "a host was begun before the one before it served")

        before = self.world.changes()
        failed = self.release("v3", "echo no such table >&2; exit 3", code=8, options=("--output", "ndjson"))
        said = failed.stdout + failed.stderr
        for words in ("ended with exit status 3", "no such table", "crash_loop"):
            self.assertIn(words, said)
        self.assertEqual(self.versions(), ["v2"] * 3)
        changed = [now != then for now, then in zip(self.world.changes(), before)]
        self.assertEqual(changed.count(True), 1, "it stopped at the first host")
        self.project.write(service(self.world.image, "v2", SERVES_ALL))
        self.project.expect(0, "plan", "production", "--detailed-exitcode")

        before = self.world.changes()
        self.project.expect(0, "rollback", "production", "--to", "1", "--yes")
        load.end()
        self.assertEqual(self.versions(), ["v1"] * 3)
        self.assertEqual(load.failed, 0, f"of {load.requests} requests that any host could serve")
        print(f"{load.requests} requests, {load.passed_on} passed on to the next host, {load.failed} failed")
        for engine, then in zip(self.world.engines, before):
            paths = [path for _, path in engine.changes()[then:]]
            self.assertEqual([path for path in paths if "create" in path or "load" in path], [])

    def test_a_plan_tells_what_runs_on_each_host_and_changes_nothing(self):
        self.release("v1")
        before = (self.world.changes(), self.world.commands_run())
        self.project.write(service(self.world.image, "v2"))
        document = json.loads(self.project.expect(0, "plan", "production", "--output", "json").stdout)
        self.assertEqual((self.world.changes(), self.world.commands_run()), before)
        (step,) = document["content"]["steps"]
        self.assertEqual(len(step["targets"]), 3)
        for engine, target in zip(self.world.engines, step["targets"]):
            facts = target["facts"]
            (container,) = self.containers(engine)
            self.assertEqual(facts["container"], container["Names"][0].lstrip("/"))
            self.assertEqual(facts["digest"], self.world.image)
            self.assertEqual(facts["health"], "running")
            self.assertEqual(facts["drift"], [])
            self.assertEqual(facts["engine"]["version"], json.loads(engine.ask("GET", "/version")[1])["Version"])
            self.assertEqual(facts["since"], engine.inspect(container["Id"])["State"]["StartedAt"])
            self.assertTrue(facts["changed_by"].startswith("run "), facts)
        self.assertIn("downtime", json.dumps(document))  # the host's own ports are handed over

    def test_what_was_changed_by_hand_on_one_host_is_mended_there_only(self):
        self.release("v1")
        (container,) = self.containers(self.world.engines[1])
        self.world.engines[1].ask("POST", f"/containers/{container['Id']}/stop?t=0")
        before = self.world.changes()
        planned = self.project.expect(2, "plan", "production", "--detailed-exitcode", "--all-hosts")
        self.assertIn("status", planned.stdout)
        self.release("v1")
        self.assertEqual(self.versions(), ["v1"] * 3)
        changed = [now != then for now, then in zip(self.world.changes(), before)]
        self.assertEqual(changed, [False, True, False])

    def test_a_host_without_an_engine_stops_everything_before_anything(self):
        host = self.world.hosts[2]
        self.world.take_socket(host)
        self.addCleanup(self.world.give_socket, host)
        before = self.world.changes()
        refused = self.release("v1", code=1)
        self.assertIn(f"there is no Docker engine at {self.world.root}/docker.sock on '{host.address}'",
                      refused.stdout + refused.stderr)
        self.assertEqual(self.world.changes(), before)

    def test_a_socket_of_somebody_else_is_a_matter_of_permission(self):
        host = self.world.hosts[0]
        root = self.world.root
        # A user of that host's own, who finds the key with which everybody logs in here.
        os.chmod(self.world.folder, 0o711)
        host.inside("sh", "-c", 'chmod 777 "$1/home" && cp /etc/passwd "$1/passwd" && '
                    'echo "deploy:x:4711:4711::$1/home:/bin/sh" >>"$1/passwd" && mount --bind "$1/passwd" /etc/passwd',
                    "sh", str(root))
        self.addCleanup(host.inside, "umount", "/etc/passwd")
        self.project.hosts[0] = f"deploy@{host.address}"
        before = self.world.changes()
        refused = self.release("v1", code=4)
        self.assertIn(f"'deploy' may not use the Docker engine's socket {root}/docker.sock", refused.stdout + refused.stderr)
        self.assertEqual(self.world.changes(), before)

    def test_a_server_that_forbids_forwards_is_told_by_its_engine_not_answering(self):
        host = self.world.hosts[1]
        settings = host.folder / "sshd_config"
        allowed = settings.read_text()

        def allow():
            settings.write_text(allowed)
            host.reread()

        self.addCleanup(allow)
        settings.write_text(allowed + "AllowStreamLocalForwarding no\n")
        host.reread()
        refused = self.release("v1", code=1)
        self.assertIn(f"the Docker engine does not answer at {self.world.root}/docker.sock of '{host.address}'",
                      refused.stdout + refused.stderr)

    def registry_of(self, *hosts):
        """The name under which a registry answers here and, with the same images, on these hosts."""
        registries = [Registry(self.project.folder / "registry", auth="users")]
        self.addCleanup(registries[0].stop)
        for host in hosts:
            registries.append(Registry(self.project.folder / f"registry-{host.address}", auth="users", words=host.link.words(),
                                       address=registries[0].host, images=registries[0].images))
            self.addCleanup(registries[-1].stop)
        return registries[0].host

    def test_a_login_for_a_pull_comes_to_no_disk_and_no_command_of_the_host(self):
        host, engine = self.world.hosts[0], self.world.engines[0]
        name = self.registry_of(host)
        save(self.project.folder / "other.tar", {"Labels": {"note": "other"}})
        self.project.write(
            f"  image:\n    uses: image.push\n    with: {{ archive: other.tar, to: \"{name}/team/app:1\" }}\n"
            "  migrate:\n    uses: docker.task\n    needs: [image]\n    with:\n      on: first\n"
            "      image: ${steps.image.ref}\n      network: none\n      command: [echo, pulled]\n", login(name))
        before = self.world.commands_run()
        applied = self.project.expect(0, "apply", "production", "--yes", environment={"REGISTRY_PASSWORD": PASSWORD})
        self.assertIn("pulled", applied.stdout + applied.stderr)
        self.assertEqual(self.world.commands_run(), before, "no command, so nothing in the words of one")
        (container,) = self.containers(engine)
        self.assertIn(f"{name}/team/app@sha256:", engine.inspect(container["Id"])["Config"]["Image"])
        disk = f"/proc/{host.sshd.pid}/root{self.world.root}"
        found = subprocess.run(["grep", "-rlaF", "-D", "skip", "-e", PASSWORD, disk, host.folder, self.project.folder],
                               capture_output=True, text=True, timeout=WAIT, check=False).stdout
        self.assertEqual(found, "")

    def test_what_would_fail_is_found_before_anything_is_done(self):
        name = self.registry_of(*self.world.hosts)
        save(self.project.folder / "ours.tar", {"Labels": {"note": "other"}})
        save(self.project.folder / "theirs.tar", architecture="riscv64")
        # One after the other: Debian's registry forgets a layer for a moment when it comes a second time.
        self.project.write("".join(
            f"  {image}:\n    uses: image.push\n    needs: [{needs}]\n"
            f"    with: {{ archive: {image}.tar, to: \"{name}/team/app:{image}\" }}\n"
            for image, needs in (("ours", ""), ("theirs", "ours"))), login(name))
        self.project.expect(0, "apply", "production", "--yes", environment={"REGISTRY_PASSWORD": PASSWORD})
        ours, theirs = (f"{name}/team/app@{digest_at(name, image)}" for image in ("ours", "theirs"))
        foreign = "its image is for linux/riscv64, and this machine is linux/"
        for what, image, password, code, words in (
                ("bad credentials", ours, "wrong", 4, "unauthorized: authentication required"),
                ("missing image", f"{name}/team/app@sha256:{'0' * 64}", PASSWORD, 1, "manifest unknown"),
                ("wrong architecture", theirs, PASSWORD, 1, foreign),
                ("registry down", ours.replace(name, "127.0.0.1:1"), PASSWORD, 1, "connection refused")):
            with self.subTest(what):
                before = (self.world.changes(), self.world.commands_run())
                self.project.write(service(image, "v1").replace("      archive: busybox.tar\n", ""), login(name))
                refused = self.project.expect(code, "apply", "production", "--yes",
                                              environment={"REGISTRY_PASSWORD": password})
                self.assertIn(words, refused.stdout + refused.stderr)
                self.assertEqual((self.world.changes(), self.world.commands_run()), before)

    def bring_to_end(self):
        resumed = self.project.deployctl("resume")
        self.assertIn(resumed.returncode, (0, 10), resumed.stdout + resumed.stderr)
        self.project.expect(0, "apply", "production", "--yes")  # in case it died before it changed anything

    def check_all_serve(self, version, when):
        self.assertEqual(self.versions(), [version] * 3, when)
        for engine in self.world.engines:
            running = [container for container in self.containers(engine) if container["State"] == "running"]
            self.assertEqual(len(running), 1, when)
        self.project.expect(0, "plan", "production", "--detailed-exitcode")

    def test_killed_at_durable_points_all_hosts_end_on_the_new_release(self):
        self.release("v0")
        kills = 0
        for point in range(1, MOST_POINTS, SAMPLE_STEP):
            self.project.write(service(self.world.image, f"v{point}"))
            result = self.project.deployctl("apply", "production", "--yes", environment={
                "LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
            was_killed = result.returncode == -signal.SIGKILL
            if was_killed:
                kills += 1
                self.bring_to_end()
            else:
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.check_all_serve(f"v{point}", f"killed at durable point {point}")
            if not was_killed:
                break
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(kills, 2, "the crash points were not reached")
        print(f"killed at {kills} durable points: three hosts on the new release each time, with one container each")

    @unittest.skipUnless(WHOLE, "in the long run only")
    def test_killed_at_random_moments_all_hosts_end_on_the_new_release(self):
        began = time.monotonic()
        self.release("v0")
        usual = time.monotonic() - began
        kills = 0
        for number in range(1, MOMENTS + 1):
            delay = random.uniform(0, usual)
            self.project.write(service(self.world.image, f"v{number}"))
            process = self.project.begin("apply", "production", "--yes")
            try:
                said, _ = process.communicate(timeout=delay)
                self.assertEqual(process.returncode, 0, said)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate(timeout=WAIT)
                kills += 1
                self.bring_to_end()
            self.check_all_serve(f"v{number}", f"killed after {delay:.3f} s")
        print(f"killed at {kills} random moments: three hosts on the new release each time, with one container each")


if __name__ == "__main__":
    need_engine()
    need("docker-registry")
    need_root()
    need_links()
    unittest.main(verbosity=2)
