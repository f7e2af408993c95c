"""compose.project on a real dockerd by the Compose that is there: one release after the other, one that crashes and is
taken back, going back, what somebody changed by hand, orphans, volumes that stay, and secrets in .env. Kills are in
compose_over_ssh.py. Debian's docker-compose is version 1; where the plugin of version 2 is there too, every test runs by both.
"""

import json
import os
import pathlib
import shutil
import stat
import subprocess
import unittest

from docker_world import DockerWorld, need_engine
from quickstart_world import need

SECRET = "s3cr3t $HOME #1 \"quoted\" w0rd"


def has_plugin():
    return "ompose" in subprocess.run(["docker", "compose", "version"], capture_output=True, text=True,
                                      check=False).stdout


def service(image, script="exec sleep 600", more=""):
    return (f"    image: \"{image}\"\n    network_mode: none\n    command: [sh, -c, '{script}']\n"
            f"    environment: {{ VERSION: \"${{VERSION}}\", PASSWORD: \"${{PASSWORD}}\" }}\n    stop_grace_period: 1s\n"
            f"    healthcheck: {{ test: [CMD, \"true\"], interval: 1s }}\n{more}")


class ComposeProjects:
    """Mixed into a test case for each Compose there is; `program_folder` stands first in PATH."""

    @classmethod
    def setUpClass(cls):
        cls.world = DockerWorld()
        cls.addClassCleanup(cls.world.__exit__)
        cls.programs = cls.world.folder / "programs"
        cls.programs.mkdir()
        cls.prepare_programs()

    @classmethod
    def prepare_programs(cls):
        pass

    def setUp(self):
        self.name = self.id().rsplit(".", 1)[-1].replace("_", "-")[:40].strip("-")
        self.root = self.world.folder / "srv" / self.name
        self.project = self.world.project(self.name, "  none: {}\n")
        self.source = self.project.folder / "compose"
        self.source.mkdir()

    def tearDown(self):
        for container in self.all_containers() + self.all_containers(f"{self.name}-beside"):
            self.world.engine.ask("DELETE", f"/containers/{container['Id']}?force=1")

    def environment(self, more=None):
        return {"PATH": f"{self.programs}:{os.environ['PATH']}", "SECRET_WORD": SECRET, **(more or {})}

    def all_containers(self, name=None):
        status, said = self.world.engine.ask("GET", "/containers/json?all=1")
        self.assertEqual(status, 200, said)
        return [each for each in json.loads(said)
                if each["Labels"].get("com.docker.compose.project") == (name or self.name)]

    def running(self, name=None):
        """The version of each service that runs."""
        found = {}
        for container in self.all_containers(name):
            if container["State"] != "running":
                continue
            inspected = self.world.engine.inspect(container["Id"])
            variables = dict(line.split("=", 1) for line in inspected["Config"]["Env"])
            found[container["Labels"]["com.docker.compose.service"]] = variables.get("VERSION")
        return found

    def write(self, version, services=None, more="", with_more="", step="shop", name=None):
        services = services or {"api": service(self.world.image)}
        text = "version: '3.7'\nservices:\n" + "".join(f"  {name}:\n{body}" for name, body in services.items())
        (self.source / "compose.yaml").write_text(text + more)
        self.project.write(
            f"  {step}:\n    uses: compose.project\n    with:\n      name: {name or self.name}\n"
            f"      path: {self.root.with_name(name or self.name)}\n"
            f"      source: compose\n      grace: 1s\n      within: 60s\n"
            f"      env: {{ VERSION: \"{version}\", PASSWORD: \"${{secrets.word}}\" }}\n{with_more}",
            f"  compose: {{ socket: {self.world.engine.socket} }}\nsecrets: {{ word: env://SECRET_WORD }}\n")

    def expect(self, code, *words, environment=None):
        return self.project.expect(code, *words, environment=self.environment(environment))

    def apply(self, code=0, *options):
        return self.expect(code, "apply", "production", "--yes", *options)

    def release(self, version, code=0, **files):
        self.write(version, **files)
        return self.apply(code)

    def volumes(self):
        answer = json.loads(self.world.engine.ask("GET", "/volumes")[1])
        return {volume["Name"] for volume in answer["Volumes"] or []}

    def test_releases_and_the_way_back(self):
        self.release("v1")
        self.assertEqual(self.running(), {"api": "v1"})
        self.check_the_secret_is_in_env_of_its_owner_and_nowhere_else()
        before = len(self.world.engine.changes())
        self.apply()
        self.assertEqual(self.world.engine.changes()[before:], [])
        self.expect(0, "plan", "production", "--detailed-exitcode")
        self.release("v2")
        self.assertEqual(self.running(), {"api": "v2"})
        self.expect(0, "rollback", "production", "--to", "1", "--yes")
        self.assertEqual(self.running(), {"api": "v1"})

    def check_the_secret_is_in_env_of_its_owner_and_nowhere_else(self):
        env = self.root / "current" / ".env"
        self.assertEqual(stat.S_IMODE(env.stat().st_mode), 0o600)
        (container,) = self.all_containers()
        variables = self.world.engine.inspect(container["Id"])["Config"]["Env"]
        self.assertIn(f"PASSWORD={SECRET}", variables)
        for path in [*self.root.rglob("*"), *self.project.folder.rglob("*")]:
            if path.is_file() and path.name != ".env":
                self.assertNotIn(SECRET.encode(), path.read_bytes(), path)
        for said in (self.expect(0, "plan", "production"), self.expect(0, "history", "production")):
            self.assertNotIn(SECRET, said.stdout + said.stderr)

    def test_a_crash_is_told_as_such_and_taken_back(self):
        self.release("v1")
        crash = {"api": service(self.world.image, "echo no such table >&2; exit 3", "    restart: always\n")}
        self.write("v2", services=crash)
        failed = self.apply(8, "--output", "ndjson")
        said = failed.stdout + failed.stderr
        self.assertIn("crash_loop", said)
        self.assertIn("no such table", said)
        self.assertEqual(self.running(), {"api": "v1"})
        self.write("v1")
        self.expect(0, "plan", "production", "--detailed-exitcode")

    def test_volumes_stay_and_a_changed_one_is_refused(self):
        on_volume = {"api": service(self.world.image, more="    volumes: [\"data:/data\"]\n")}
        self.release("v1", services=on_volume, more="volumes:\n  data: {}\n",
                     with_more="      persistent: { api: [/data] }\n")
        name = f"{self.name}_data"
        self.assertIn(name, self.volumes())
        changed = "volumes:\n  data:\n    driver_opts: { type: tmpfs, device: tmpfs }\n"
        self.write("v2", services=on_volume, more=changed)
        refused = self.project.deployctl("plan", "production", environment=self.environment())
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("another name", refused.stdout + refused.stderr)
        self.assertEqual(self.running(), {"api": "v1"})
        self.write("v2")
        lost = self.project.deployctl("apply", "production", "--yes", environment=self.environment())
        self.assertEqual(lost.returncode, 0, lost.stdout + lost.stderr)
        self.assertIn(name, self.volumes())
        self.write("v2", step="beside", name=f"{self.name}-beside")
        self.apply(0, "--prune")
        self.assertEqual(self.running(), {})
        self.assertEqual(self.running(f"{self.name}-beside"), {"api": "v2"})
        self.assertIn(name, self.volumes())

    def test_what_was_changed_by_hand_is_shown_and_mended_and_orphans_are_left(self):
        self.release("v1")
        (container,) = self.all_containers()
        self.world.engine.ask("POST", f"/containers/{container['Id']}/stop?t=0")
        status, said = self.world.engine.ask("POST", f"/containers/create?name={self.name}_old", json.dumps(
            {"Image": self.world.image, "Cmd": ["sleep", "600"], "HostConfig": {"NetworkMode": "none"},
             "Labels": {"com.docker.compose.project": self.name, "com.docker.compose.service": "old",
                        "com.docker.compose.oneoff": "False"}}))
        self.assertEqual(status, 201, said)
        planned = self.expect(2, "plan", "production", "--detailed-exitcode")
        self.assertIn("running.api", planned.stdout)
        self.assertIn("of no service", planned.stdout)
        self.apply()
        self.assertEqual(self.running(), {"api": "v1"})
        self.assertEqual(self.world.engine.inspect(f"{self.name}_old")["State"]["Status"], "created")

    def test_what_compose_refuses_is_told_before_anything_is_written(self):
        self.write("v1", more="nonsense: true\n")
        refused = self.project.deployctl("plan", "production", environment=self.environment())
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("nonsense", refused.stdout + refused.stderr)
        self.assertFalse(self.root.exists())
        self.assertEqual(self.all_containers(), [])


@unittest.skipUnless(shutil.which("docker-compose"), "no docker-compose on this machine")
class ByTheProgram(ComposeProjects, unittest.TestCase):
    @classmethod
    def prepare_programs(cls):
        """The engine's client without its plugins."""
        client = shutil.which("docker")
        wrapper = pathlib.Path(cls.programs / "docker")
        wrapper.write_text('#!/bin/sh\nif [ "$1" = compose ]; then echo "not a docker command" >&2; exit 1; fi\n'
                           f'exec {client} "$@"\n')
        wrapper.chmod(0o755)


@unittest.skipUnless(shutil.which("docker") and has_plugin(), "no docker compose plugin on this machine")
class ByThePlugin(ComposeProjects, unittest.TestCase):
    pass


if __name__ == "__main__":
    need_engine()
    need("docker")
    if not has_plugin():
        need("docker-compose")
        print("only version 1 of Compose is met: there is no docker compose plugin on this machine")
    unittest.main(verbosity=2)
