"""docker.service on a real dockerd: one release after the other, one that crashes and is taken back, going back to a kept
container without a pull, what somebody changed by hand, and kill -9 at durable points."""

import json
import os
import signal
import unittest

from docker_world import DockerWorld, need_engine

SAMPLE_STEP = 17  # durable points from one kill to the next
MOST_POINTS = 600


def service(image, version, script="exec sleep 600", more=""):
    return (f"  api:\n    uses: docker.service\n    with:\n      image: \"{image}\"\n      network: none\n"
            f"      command: [sh, -c, '{script}']\n      env: {{ VERSION: \"{version}\" }}\n      grace: 1s\n"
            f"      health: {{ command: [test, -d, /bin], interval: 100ms, consecutive: 2 }}\n{more}")


class DockerServices(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = DockerWorld()
        cls.addClassCleanup(cls.world.__exit__)

    def setUp(self):
        self.project = self.world.project(self.id().rsplit(".", 1)[-1].replace("_", "-")[:50], "  none: {}\n")

    def tearDown(self):
        for container in self.containers():
            self.world.engine.ask("POST", f"/containers/{container['Id']}/update", json.dumps({"RestartPolicy": {"Name": "no"}}))
            self.world.engine.ask("POST", f"/containers/{container['Id']}/kill")

    def containers(self):
        return self.world.engine.containers(stack=self.project.name + "/production")

    def running(self):
        return [container["Names"][0] for container in self.containers() if container["State"] == "running"]

    def version(self):
        """Of the one that is live."""
        (name,) = self.running()
        inspected = self.world.engine.inspect(name.lstrip("/"))
        self.assertEqual(inspected["HostConfig"]["RestartPolicy"]["Name"], "unless-stopped")
        return next(line for line in inspected["Config"]["Env"] if line.startswith("VERSION=")).partition("=")[2]

    def release(self, version, script="exec sleep 600", code=0, options=()):
        self.project.write(service(self.world.image, version, script))
        return self.project.expect(code, "apply", "production", "--yes", *options)

    def test_releases_a_crash_and_the_way_back(self):
        self.release("v1")
        self.assertEqual(self.version(), "v1")
        first = self.running()
        before = len(self.world.engine.changes())
        self.release("v1")
        self.assertEqual(len(self.world.engine.changes()), before)
        self.release("v2")
        self.assertEqual(self.version(), "v2")
        self.assertEqual(len(self.containers()), 2)
        failed = self.release("v3", "echo no such table >&2; exit 3", code=8, options=("--output", "ndjson"))
        said = failed.stdout + failed.stderr
        self.assertIn("ended with exit status 3", said)
        self.assertIn("no such table", said)
        self.assertIn("crash_loop", said)
        self.assertEqual(self.version(), "v2")
        self.assertEqual(len(self.containers()), 2)
        before = len(self.world.engine.changes())
        self.project.expect(0, "rollback", "production", "--to", "1", "--yes")
        self.assertEqual(self.version(), "v1")
        self.assertEqual(self.running(), first)
        changes = self.world.engine.changes()[before:]
        self.assertEqual([path for _, path in changes if "create" in path], [])
        self.project.write(service(self.world.image, "v1"))
        self.project.expect(0, "plan", "production", "--detailed-exitcode")

    def test_what_was_changed_by_hand_is_shown_and_mended(self):
        self.release("v1")
        (name,) = self.running()
        self.world.engine.ask("POST", f"/containers{name}/stop?t=0")
        planned = self.project.expect(2, "plan", "production", "--detailed-exitcode")
        self.assertIn("status", planned.stdout)
        self.release("v1")
        self.assertEqual(self.running(), [name])

    def test_foreign_containers_and_other_projects_are_left_alone(self):
        status, said = self.world.engine.ask("POST", "/containers/create?name=stranger", json.dumps(
            {"Image": self.world.image, "Cmd": ["sleep", "600"], "HostConfig": {"NetworkMode": "none"},
             "Labels": {"deployctl.service": "api", "deployctl.kind": "service"}}))
        self.assertEqual(status, 201, said)
        self.world.engine.ask("POST", "/containers/stranger/start")
        self.release("v1")
        self.release("v2")
        self.assertEqual(self.world.engine.inspect("stranger")["State"]["Status"], "running")
        self.world.engine.ask("POST", "/containers/stranger/kill")

    def test_killed_at_durable_points_it_ends_on_the_new_release_with_one_container(self):
        self.release("v0")
        kills = 0
        for point in range(1, MOST_POINTS, SAMPLE_STEP):
            self.project.write(service(self.world.image, f"v{point}"))
            result = self.project.deployctl("apply", "production", "--yes", environment={
                "LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
            was_killed = result.returncode == -signal.SIGKILL
            if was_killed:
                kills += 1
                resumed = self.project.deployctl("resume")
                self.assertIn(resumed.returncode, (0, 10), resumed.stdout + resumed.stderr)
                self.project.expect(0, "apply", "production", "--yes")  # in case it died before it changed anything
            else:
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(self.version(), f"v{point}", f"killed at durable point {point}")
            self.project.expect(0, "plan", "production", "--detailed-exitcode")
            if not was_killed:
                break
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(kills, 2, "the crash points were not reached")


if __name__ == "__main__":
    need_engine()
    unittest.main(verbosity=2)
