"""docker.task on a real dockerd: once, its output and its end; adopted after kill -9 at durable points and while it runs;
two projects on one engine; an image pulled with a login that stays nowhere."""

import json
import os
import signal
import subprocess
import unittest

from docker_world import DockerWorld, need_engine, save
from quickstart_world import need
from registry_world import PASSWORD, Registry
from waiting import wait_for

SAMPLE_STEP = 7  # durable points from one kill to the next
MOST_POINTS = 400


def task(image, script, more="", env=""):
    return (f"  migrate:\n    uses: docker.task\n    with:\n      image: \"{image}\"\n      command: [sh, -c, '{script}']\n"
            f"      network: none\n{env}{more}")


class DockerTasks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = DockerWorld()
        cls.addClassCleanup(cls.world.__exit__)

    def setUp(self):
        self.data = self.world.folder / f"data-{self.id().rsplit('.', 1)[-1]}"
        self.data.mkdir()

    def named(self):
        return self.id().rsplit(".", 1)[-1].replace("_", "-")[:50]

    def on_data(self, script, name=None, more=""):
        steps = task(self.world.image, script, f"      volumes: [\"{self.data}:/data\"]\n{more}")
        return self.world.project(name or self.named(), steps)

    def lines(self, name="log"):
        path = self.data / name
        return path.read_text().split() if path.exists() else []

    def test_it_runs_once_and_a_second_apply_changes_nothing(self):
        project = self.on_data('echo once >>/data/log; echo "[1, 2]"')
        self.assertIn("docker.task", project.expect(0, "plan", "production").stdout)
        before = len(self.world.engine.changes())
        project.expect(0, "plan", "production")
        self.assertEqual(len(self.world.engine.changes()), before)
        applied = project.expect(0, "apply", "production", "--yes")
        self.assertIn("[1, 2]", applied.stdout + applied.stderr)
        self.assertEqual(self.lines(), ["once"])
        container = self.world.engine.containers(stack=project.name + "/production")[0]
        self.assertEqual(container["State"], "exited")
        self.assertEqual(container["Labels"]["deployctl.step"], "migrate")
        before = len(self.world.engine.changes())
        again = project.expect(0, "apply", "production", "--yes")
        self.assertIn("nothing was changed", again.stdout + again.stderr)
        self.assertEqual(len(self.world.engine.changes()), before)
        self.assertEqual(self.lines(), ["once"])

    def test_its_failure_is_told_with_the_exit_status_and_its_last_words(self):
        project = self.on_data("echo begun; echo no such column >&2; exit 3")
        failed = project.deployctl("apply", "production", "--yes")
        self.assertEqual(failed.returncode, 9, failed.stdout + failed.stderr)
        self.assertIn("the command ended with exit status 3", failed.stdout + failed.stderr)
        self.assertIn("no such column", failed.stdout + failed.stderr)

    def test_a_program_that_the_image_lacks_changes_nothing(self):
        project = self.world.project(self.named(), task(self.world.image, "").replace("[sh, -c, '']", "[nowhere]"))
        failed = project.expect(1, "apply", "production", "--yes")
        self.assertIn("executable file not found", failed.stdout + failed.stderr)

    def test_a_directory_that_is_not_there_is_not_made(self):
        project = self.world.project(
            self.named(), task(self.world.image, "true", f"      volumes: [\"{self.data}/none:/data\"]\n"))
        failed = project.expect(1, "apply", "production", "--yes")
        self.assertIn("bind source path does not exist", failed.stdout + failed.stderr)
        self.assertFalse((self.data / "none").exists())

    def test_too_much_memory_is_told_as_such(self):
        if not self.world.engine.info()["MemoryLimit"]:
            self.skipTest("this kernel does not limit memory")
        project = self.on_data("x=0123456789abcdef; while :; do x=$x$x; done", more="      memory: 16MiB\n")
        failed = project.deployctl("apply", "production", "--yes")
        self.assertEqual(failed.returncode, 9, failed.stdout + failed.stderr)
        self.assertIn("the container needed more than its 16MiB of memory and was killed", failed.stdout + failed.stderr)

    def test_killed_while_it_runs_the_next_process_takes_its_result_over(self):
        project = self.on_data("echo begun >>/data/log; until [ -e /data/go ]; do sleep 0.1; done; echo ended >>/data/log; "
                               "echo last words")
        process = project.begin("apply", "production", "--yes")
        wait_for("the container", lambda: self.lines() == ["begun"])
        process.send_signal(signal.SIGKILL)
        process.communicate()
        (self.data / "go").touch()
        project.expect(0, "resume")
        self.assertEqual(self.lines(), ["begun", "ended"])
        self.assertEqual(len(self.world.engine.containers(stack=project.name + "/production")), 1)
        project.expect(0, "plan", "production", "--detailed-exitcode")

    def test_killed_at_durable_points_it_runs_once_for_each_version(self):
        project = self.on_data("")
        script = 'echo "$VERSION" >>/data/log; exit 0'
        versions = []
        kills = 0
        for point in range(1, MOST_POINTS, SAMPLE_STEP):
            versions.append(f"v{point}")
            project.write(task(self.world.image, script, f"      volumes: [\"{self.data}:/data\"]\n",
                               f"      env: {{ VERSION: {versions[-1]} }}\n"))
            result = project.deployctl("apply", "production", "--yes", environment={
                "LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
            was_killed = result.returncode == -signal.SIGKILL
            if was_killed:
                kills += 1
                resumed = project.deployctl("resume")
                if resumed.returncode != 0 or "No run is pending" in resumed.stdout + resumed.stderr:
                    self.assertIn(resumed.returncode, (0, 10), resumed.stdout + resumed.stderr)
                    project.expect(0, "apply", "production", "--yes")  # it died before it changed anything
            else:
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
            self.assertEqual(self.lines(), versions, f"killed at durable point {point}")
            project.expect(0, "plan", "production", "--detailed-exitcode")
            if not was_killed:
                break
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(kills, 2, "the crash points were not reached")

    def test_two_projects_and_strangers_on_one_engine_leave_each_other_alone(self):
        status, said = self.world.engine.ask("POST", "/containers/create?name=stranger",
                                             json.dumps({"Image": self.world.image, "Labels": {"deployctl.step": "migrate"}}))
        self.assertEqual(status, 201, said)
        first = self.on_data("echo first >>/data/log", name="first")
        second = self.on_data("echo second >>/data/log", name="second")
        for project in (first, second):
            project.expect(0, "apply", "production", "--yes")
        kept = self.world.engine.containers(stack="first/production")[0]["Id"]
        second.write(task(self.world.image, "echo again >>/data/log", f"      volumes: [\"{self.data}:/data\"]\n"))
        second.expect(0, "apply", "production", "--yes")
        self.assertEqual(self.lines(), ["first", "second", "again"])
        self.assertEqual([c["Id"] for c in self.world.engine.containers(stack="first/production")], [kept])
        self.assertEqual(len(self.world.engine.containers(stack="second/production")), 1)
        self.assertEqual(self.world.engine.inspect("stranger")["State"]["Status"], "created")

    def test_an_image_is_pulled_by_digest_with_a_login_that_stays_nowhere(self):
        registry = Registry(self.world.folder / "registry", auth="users")
        self.addCleanup(registry.stop)
        steps = (f"  image:\n    uses: image.push\n    with: {{ archive: busybox.tar, to: \"{registry.host}/team/app:1\" }}\n"
                 + task("${steps.image.ref}", "echo pulled").replace("uses: docker.task\n", "uses: docker.task\n    needs: [image]\n"))
        more = (f"  registry.local: {{ host: \"{registry.host}\", user: deploy, password: \"${{secrets.registry}}\" }}\n"
                "secrets: { registry: env://REGISTRY_PASSWORD }\n")
        project = self.world.project(self.named(), steps, more)
        (project.folder / "busybox.tar").write_bytes(save_other(self.world.folder))
        wrong = project.deployctl("apply", "production", "--yes", environment={"REGISTRY_PASSWORD": "wrong-password"})
        self.assertEqual(wrong.returncode, 4, wrong.stdout + wrong.stderr)
        applied = project.expect(0, "apply", "production", "--yes", environment={"REGISTRY_PASSWORD": PASSWORD})
        self.assertIn("pulled", applied.stdout + applied.stderr)
        self.assertNotIn(PASSWORD, applied.stdout + applied.stderr)
        container = self.world.engine.containers(stack=project.name + "/production")[0]
        self.assertIn("@sha256:", self.world.engine.inspect(container["Id"])["Config"]["Image"])
        found = subprocess.run(["grep", "-rlaF", "-e", PASSWORD, self.world.engine.folder, project.folder],
                               capture_output=True, text=True, check=False).stdout
        self.assertEqual(found, "")


def save_other(folder):
    """An image that the engine does not have."""
    path = folder / "other.tar"
    save(path, {"Labels": {"note": "other"}})
    return path.read_bytes()


if __name__ == "__main__":
    need_engine()
    need("docker-registry")
    unittest.main(verbosity=2)
