"""compose.project on a host over real sshd, with a dockerd of its own in its network namespace and the Compose that is there:
what runs and what is asked, the secret's way, what somebody changed by hand, going back, and kill -9 at durable points.
"""

import json
import os
import shutil
import signal
import stat
import unittest

from docker_world import Engine, Project, need_engine, save
from quickstart_world import need
from ssh_links import need_links
from ssh_world import MULTIPLEXING, SshWorld, need_root

SAMPLE_STEP = 43  # durable points from one kill to the next
MOST_POINTS = 800
SECRET = "s3cr3t $HOME #1 \"quoted\" w0rd"
COMPOSE_FILE = """\
version: '3.7'
services:
  api:
    image: "%s"
    network_mode: none
    command: [sh, -c, 'exec sleep 600']
    environment: { VERSION: "${VERSION}", PASSWORD: "${PASSWORD}" }
    stop_grace_period: 1s
    healthcheck: { test: [CMD, "true"], interval: 1s }
    volumes: ["./settings:/settings:ro", "data:/data"]
volumes:
  data: {}
"""


class FarCompose(SshWorld):
    """One host; its engine answers at ROOT/docker.sock there, and sees the folder of the host as the host does."""

    def __init__(self):
        self.engine = None
        super().__init__(count=1, links=True, patient=True)
        try:
            archive = self.folder / "busybox.tar"
            self.image = save(archive)
            (self.host,) = self.hosts
            self.engine = Engine(self.host.folder / "engine", self.host.link.words())
            self.engine.load(archive)
            self.host.inside("ln", "-sfn", str(self.engine.socket), f"{self.root}/docker.sock")
            self.host.inside("mkdir", "-p", f"{self.root}/home/bin")
            for program in ("docker", "docker-compose"):
                self.host.inside("ln", "-sfn", shutil.which(program), f"{self.root}/home/bin/{program}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.engine:
            self.engine.stop()
        super().__exit__()


class FarProject(Project):
    def environment(self, extra=None):
        return {**self.world.environment, "SECRET_WORD": SECRET, **(extra or {})}

    def release(self, version):
        source = self.folder / "compose"
        source.mkdir(exist_ok=True)
        (source / "compose.yaml").write_text(COMPOSE_FILE % self.world.image)
        (source / "settings").write_text(f"of {version}\n")
        single = "" if MULTIPLEXING else "  ssh: { multiplexing: false }\n"
        (self.folder / "deploy.yaml").write_text(
            f"version: 1\nproject: {self.name}\n"
            f"providers:\n  compose: {{ socket: {self.world.root}/docker.sock }}\n{single}"
            f"secrets: {{ word: env://SECRET_WORD }}\n"
            f"environments:\n  production: {{ hosts: {{ web: [{self.world.host.address}] }} }}\n"
            f"steps:\n  shop:\n    uses: compose.project\n    with:\n      name: {self.name}\n"
            f"      path: {self.world.host.folder}/srv/{self.name}\n      source: compose\n      grace: 1s\n"
            f"      env: {{ VERSION: {version}, PASSWORD: \"${{secrets.word}}\" }}\n"
            f"      persistent: {{ api: [/data] }}\n")


class ComposeOverSsh(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = FarCompose()
        cls.addClassCleanup(cls.world.__exit__)
        cls.engine = cls.world.engine

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[-1].replace("_", "-")[:40].strip("-")
        self.root = self.world.host.folder / "srv" / self.name
        self.project = FarProject(self.world, self.name, "  none: {}\n")

    def tearDown(self):
        for container in self.containers():
            self.engine.ask("DELETE", f"/containers/{container['Id']}?force=1")

    def containers(self):
        status, said = self.engine.ask("GET", "/containers/json?all=1")
        self.assertEqual(status, 200, said)
        return [each for each in json.loads(said) if each["Labels"].get("com.docker.compose.project") == self.name]

    def variables(self):
        """Those of the one container, which runs."""
        (container,) = self.containers()
        self.assertEqual(container["State"], "running")
        return dict(line.split("=", 1) for line in self.engine.inspect(container["Id"])["Config"]["Env"])

    def expect(self, code, *words, **options):
        return self.project.expect(code, *words, **options)

    def apply(self):
        return self.expect(0, "apply", "production", "--yes")

    def test_releases_the_secret_changes_by_hand_and_the_way_back(self):
        self.project.release("v1")
        self.apply()
        self.assertEqual(self.variables()["VERSION"], "v1")
        self.assertEqual(self.variables()["PASSWORD"], SECRET)
        env = self.root / "current" / ".env"
        self.assertEqual(stat.S_IMODE(env.stat().st_mode), 0o600)
        self.assertNotIn(SECRET, self.world.host.log())
        self.assertEqual(self.world.host.parts(), [])

        before = len(self.engine.changes())
        self.apply()
        self.assertEqual(self.engine.changes()[before:], [])

        (container,) = self.containers()
        self.engine.ask("POST", f"/containers/{container['Id']}/stop?t=0")
        (self.root / "current" / "settings").write_text("by hand\n")
        env.write_text(env.read_text().replace("v1", "v9"))
        planned = self.expect(2, "plan", "production", "--detailed-exitcode").stdout
        for field in ("running.api", "files.settings", "env_file"):
            self.assertIn(field, planned)
        self.assertNotIn(SECRET, planned)
        self.apply()
        self.assertEqual(self.variables()["VERSION"], "v1")
        self.assertEqual((self.root / "current" / "settings").read_text(), "of v1\n")
        self.expect(0, "plan", "production", "--detailed-exitcode")

        self.project.release("v2")
        self.apply()
        self.assertEqual(self.variables()["VERSION"], "v2")
        self.expect(0, "rollback", "production", "--to", "1", "--yes")
        self.assertEqual(self.variables()["VERSION"], "v1")
        self.assertEqual(self.variables()["PASSWORD"], SECRET)

    def test_killed_at_durable_points_it_ends_on_the_new_release(self):
        self.project.release("v0")
        self.apply()
        kills = 0
        for point in range(SAMPLE_STEP, MOST_POINTS, SAMPLE_STEP):
            self.project.release(f"v{point}")
            result = self.project.deployctl("apply", "production", "--yes", environment={
                "LD_PRELOAD": os.environ["KILL_LIBRARY"], "KILL_AT": str(point)})
            if result.returncode != -signal.SIGKILL:
                self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
                break
            kills += 1
            resumed = self.project.deployctl("resume")
            self.assertIn(resumed.returncode, (0, 10), resumed.stdout + resumed.stderr)
            self.apply()  # in case it died before it changed anything
            self.assertEqual(self.variables()["VERSION"], f"v{point}", f"killed at durable point {point}")
            self.expect(0, "plan", "production", "--detailed-exitcode")
        else:
            self.fail(f"no run got through {MOST_POINTS} points")
        self.assertGreater(kills, 1, "the crash points were not reached")


if __name__ == "__main__":
    need_engine()
    need_root()
    need_links()
    need("docker", "docker-compose")
    unittest.main(verbosity=2)
