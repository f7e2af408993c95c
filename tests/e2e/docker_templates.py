"""The pipelines that `init` writes for containers, on a real dockerd: an image and a socket are put in, the rest is applied
as it was written, and then nothing is left to do."""

import json
import re
import unittest

from docker_world import DockerWorld, need_engine
from proxy_world import Caddy, enter_own_network
from quickstart_world import free_port, need
from waiting import wait_for

SECRET = "s3cr3t-of-the-template"
VARIABLES = {"DATABASE_URL": SECRET, "DATABASE_PASSWORD": SECRET}
COMPOSE_FILE = """version: '3.7'
services:
  web:
    image: "IMAGE"
    network_mode: none
    command: [sleep, "600"]
    environment: { PASSWORD: "${DATABASE_PASSWORD}" }
    stop_grace_period: 1s
    volumes: ["data:/data"]
volumes:
  data: {}
"""


class DockerTemplates(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = DockerWorld()
        cls.addClassCleanup(cls.world.__exit__)

    def begin(self, name, template):
        self.project = self.world.project(name, "  none: {}\n")
        self.pipeline = self.project.folder / "deploy.yaml"
        self.pipeline.unlink()
        self.addCleanup(self.remove_containers)
        self.expect(0, "init", "--template", template)
        self.expect(0, "validate")

    def expect(self, code, *words):
        return self.project.expect(code, *words, environment=VARIABLES)

    def edit(self, *pairs):
        text = self.pipeline.read_text()
        for old, new in pairs:
            self.assertIn(old, text)
            text = text.replace(old, new)
        self.pipeline.write_text(text)

    def use_image(self):
        """The engine's image instead of one that a registry would get."""
        text = self.pipeline.read_text()
        text, found = re.subn(r"  image:\n    # Built.*\n    uses: image\.build\n    with: .*\n", "", text)
        self.assertEqual(found, 1)
        self.pipeline.write_text(text)
        self.edit(("${steps.image.ref}", self.world.image), ("environments:", self.settings("docker")))

    def settings(self, provider):
        return f"providers:\n  {provider}: {{ socket: {self.world.engine.socket} }}\nenvironments:"

    def containers(self, state):
        status, said = self.world.engine.ask("GET", "/containers/json?all=1")
        self.assertEqual(status, 200, said)
        return [each["Id"] for each in json.loads(said) if each["State"] == state]

    def remove_containers(self):
        for container in self.containers("running") + self.containers("exited"):
            self.world.engine.ask("DELETE", f"/containers/{container}?force=1")

    def apply(self):
        """Plan, apply, and a second plan that finds nothing to do; gives what they said."""
        said = [self.expect(0, *words) for words in (("validate",), ("plan", "production"), ("apply", "production", "--yes"),
                                                     ("plan", "production", "--detailed-exitcode"))]
        text = "".join(each.stdout + each.stderr for each in said)
        self.assertNotIn(SECRET, text)
        return text

    def test_docker_hosts(self):
        caddy = Caddy(self.world.folder / "p")
        self.addCleanup(caddy.stop)
        self.begin("shop", "docker-hosts")
        self.use_image()
        script = 'mkdir -p /www; echo served >/www/index.html; exec httpd -f -p "127.0.0.1:$PORT" -h /www'
        self.edit(('caddy: { site: "${vars.domain}" }', caddy.inputs),
                  ("port: 8000\n", f"port: [{caddy.first}, {caddy.second}]\n      network: host\n"
                                   f"      command: [sh, -c, '{script}']\n"),
                  ("on: first\n", "on: first\n      network: none\n"))
        said = self.apply()
        self.assertIn("put your migration here", said)
        wait_for("the service through the proxy", lambda: caddy.ask() == "served")
        (service,) = self.containers("running")
        (mount,) = self.world.engine.inspect(service)["Mounts"]
        self.assertEqual((mount["Name"], mount["Destination"]), ("shop-data", "/data"))
        (task,) = self.containers("exited")
        for container in (service, task):
            self.assertIn(f"DATABASE_URL={SECRET}", self.world.engine.inspect(container)["Config"]["Env"])

    def test_container(self):
        self.begin("small", "container")
        self.use_image()
        port = free_port()
        self.edit(('ports: ["8000:8000"]', "network: host\n      command: [httpd, -f, -p, "
                                           f"\"127.0.0.1:{port}\", -h, /bin]"),
                  ('":8000/"', f'":{port}/"'), ("within: 60s", "within: 60s, status: [200, 404]"))
        self.apply()
        self.assertEqual(len(self.containers("running")), 1)

    def test_compose(self):
        need("docker-compose")
        self.begin("composed", "compose")
        folder = self.project.folder / "compose"
        folder.mkdir()
        (folder / "compose.yaml").write_text(COMPOSE_FILE.replace("IMAGE", self.world.image))
        self.edit(("/srv/composed", str(self.world.folder / "srv")), ("environments:", self.settings("compose")),
                  ("# secrets:", "secrets:"), ("# env:", "env:"),
                  ("# persistent: { database: [/var/lib/postgresql/data] }", "persistent: { web: [/data] }"))
        self.apply()
        (service,) = self.containers("running")
        self.assertIn(f"PASSWORD={SECRET}", self.world.engine.inspect(service)["Config"]["Env"])


if __name__ == "__main__":
    need_engine()
    need("caddy", "ip")
    enter_own_network()
    unittest.main(verbosity=2)
