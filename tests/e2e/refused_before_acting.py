"""What a host cannot take is refused before anything is done: over real sshd, with a dockerd of the host's own on a small
disk. Counted each time: the engine's changing calls, and whatever is new or other on the host's disk.

The rows that a registry has part in are docker_over_ssh.test_what_would_fail_is_found_before_anything_is_done.
"""

import http.server
import json
import os
import shutil
import socketserver
import sys
import threading
import unittest

from docker_world import Engine, Project, need_engine, save
from ssh_links import need_links
from ssh_world import SshWorld, need_root
from waiting import wait_for

PORT = 18090
LEFT = 512  # KiB
OLD = {"Version": "18.09.9", "ApiVersion": "1.39"}
COMPOSE_PLACES = ("/usr/local/lib/docker/cli-plugins", "/usr/local/libexec/docker/cli-plugins",
                  "/usr/lib/docker/cli-plugins", "/usr/libexec/docker/cli-plugins")
LISTENS = "import socket, time\nserver = socket.create_server(('', {port}))\nopen({ready!r}, 'w').close()\ntime.sleep(600)\n"


class OldEngine(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers as `engine` does, but for its age, and to nothing but who asks for it."""

    daemon_threads = True

    def __init__(self, path, engine):
        status, said = engine.ask("GET", "/version")
        assert status == 200 and OLD.keys() <= json.loads(said).keys(), said
        self.answer = json.dumps({**json.loads(said), **OLD}).encode()
        self.asked = []
        super().__init__(str(path), self.handler())
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handler(self):
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def address_string(self):
                return "a socket"

            def log_message(self, *_):
                pass

            def do_GET(self):
                server.asked.append(self.path)
                self.send_response(200 if self.path == "/version" else 500)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(server.answer)))
                self.end_headers()
                self.wfile.write(server.answer)

        return Handler


class OneHost(SshWorld):
    def __init__(self):
        self.engine = None
        super().__init__(count=1, links=True, patient=True)
        try:
            (self.host,) = self.hosts
            folder = self.host.folder / "engine"
            self.data = folder / "data"
            self.engine = Engine(folder, [*self.host.enter(), "sh", "-c",
                                          'mkdir "$0" && mount -t tmpfs -o size=64m none "$0" && exec "$@"', str(self.data)])
            self.archive = self.folder / "busybox.tar"
            self.image = save(self.archive)
            self.host.inside("mkdir", "-p", f"{self.root}/home/bin")
            self.lead_to(self.engine.socket)
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.engine:
            self.engine.stop()
        super().__exit__()

    def lead_to(self, socket):
        self.host.inside("ln", "-sfn", str(socket), f"{self.root}/docker.sock")

    def program(self, name, text):
        self.host.write(f"home/bin/{name}", "#!/bin/sh\n" + text)
        self.host.inside("chmod", "755", f"{self.root}/home/bin/{name}")

    def state(self):
        """What the engine was told to change, and all that is on the host's disk: files with their inodes, sizes and times,
        folders without, since a command that reads is in one of its own, in the home, while it runs."""
        places = [str(self.root), str(self.host.folder / "srv")]
        listed = self.host.inside("find", *(place for place in places if os.path.exists(place)),
                                  "-type", "d", "-printf", "%p %m\\n", "-o", "-printf", "%p %i %m %s %T@ %C@\\n")
        return len(self.engine.changes()), sorted(listed.splitlines())


class FarProject(Project):
    def write(self, steps, more=""):
        socket = f"{self.world.root}/docker.sock"
        (self.folder / "deploy.yaml").write_text(
            f"version: 1\nproject: {self.name}\nproviders:\n  docker: {{ socket: {socket} }}\n"
            f"  compose: {{ socket: {socket} }}\n"
            f"environments:\n  production: {{ hosts: {{ web: [{self.world.host.address}] }} }}\nsteps:\n{steps}")

    def environment(self, extra=None):
        return {**self.world.environment, **(extra or {})}


class RefusedBeforeActing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = OneHost()
        cls.addClassCleanup(cls.world.__exit__)
        cls.host = cls.world.host

    def setUp(self):
        self.project = FarProject(self.world, self.id().rsplit(".", 1)[-1].replace("_", "-")[:50], "  none: {}\n")
        os.link(self.world.archive, self.project.folder / "busybox.tar")

    def service(self, more=""):
        self.project.write(f"  api:\n    uses: docker.service\n    with:\n      image: \"{self.world.image}\"\n"
                           f"      archive: busybox.tar\n{more}")

    def refuse(self, code, *words):
        before = self.world.state()
        refused = self.project.expect(code, "apply", "production", "--yes")
        said = refused.stdout + refused.stderr
        for text in words:
            self.assertIn(text, said)
        self.assertEqual(self.world.state(), before)
        return said

    def test_no_docker(self):
        self.service()
        self.host.inside("rm", f"{self.world.root}/docker.sock")
        self.addCleanup(self.world.lead_to, self.world.engine.socket)
        self.refuse(1, f"there is no Docker engine at {self.world.root}/docker.sock on '{self.host.address}'")

    def test_a_docker_that_is_too_old(self):
        self.service()
        old = OldEngine(self.host.folder / "old.sock", self.world.engine)
        self.addCleanup(old.server_close)
        self.addCleanup(old.shutdown)
        self.world.lead_to(old.server_address)
        self.addCleanup(self.world.lead_to, self.world.engine.socket)
        self.refuse(1, self.host.address, "Docker 18.09.9 is too old: its API has version 1.39, 1.40 is needed")
        self.assertEqual(set(old.asked), {"/version"})

    def test_too_little_disk(self):
        self.service()
        free = int(self.host.inside("df", "-Pk", str(self.world.data)).splitlines()[-1].split()[3])
        filler = self.world.data / "filler"
        self.host.inside("fallocate", "-l", f"{free - LEFT}K", str(filler))
        self.addCleanup(self.host.inside, "rm", str(filler))
        self.refuse(1, self.host.address, "its image needs ", f"KiB are free on {self.world.data}")

    def test_a_port_that_another_program_holds(self):
        self.service(f"      network: bridge\n      ports: [\"{PORT}:80\"]\n")
        ready = self.host.folder / "listens"
        process = self.host.begin(sys.executable, "-c", LISTENS.format(port=PORT, ready=str(ready)))
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_for("a listener", ready.exists)
        self.refuse(1, self.host.address, f"port {PORT} is held by a program that is no container")

    def test_a_host_key_that_changed(self):
        self.service()
        keys = [self.host.folder / name for name in ("key", "key.pub")]
        kept = [key.read_bytes() for key in keys]
        known = self.host.fingerprint()

        def give_back():
            for key, content in zip(keys, kept):
                key.write_bytes(content)
            self.host.reread()

        self.addCleanup(give_back)
        self.host.replace_key()
        logins = self.host.logins()
        self.refuse(1, self.host.address, known, self.host.fingerprint(), "known_hosts")
        self.assertEqual(self.host.logins(), logins)

    def hide_compose(self):
        found = [shutil.which("docker-compose", path="/usr/sbin:/usr/bin:/sbin:/bin"),
                 *(f"{place}/docker-compose" for place in COMPOSE_PLACES)]
        for path in {os.path.realpath(path) for path in found if path and os.path.exists(path)}:
            self.host.inside("mount", "--bind", "/dev/null", path)
            self.addCleanup(self.host.inside, "umount", path)

    @unittest.skipUnless(shutil.which("docker"), "there is no docker program")
    def test_no_compose(self):
        self.host.inside("ln", "-sfn", shutil.which("docker"), f"{self.world.root}/home/bin/docker")
        self.hide_compose()
        source = self.project.folder / "compose"
        source.mkdir()
        (source / "compose.yaml").write_text(f"services:\n  api:\n    image: \"{self.world.image}\"\n")
        self.project.write(f"  shop:\n    uses: compose.project\n    with:\n      name: shop\n"
                           f"      path: {self.host.folder}/srv/shop\n      source: compose\n")
        self.refuse(1, self.host.address, "there is no Compose: neither 'docker compose' nor 'docker-compose' runs there")

    def test_a_sudo_that_wants_a_password(self):
        self.world.program("systemctl", "case $1 in --version) echo systemd 252 ;; esac\n")
        self.world.program("sudo", "echo 'sudo: a password is required' >&2\nexit 1\n")
        source = self.project.folder / "app"
        source.mkdir()
        (source / "app").write_text("1\n")
        self.project.write(f"  web:\n    uses: host.release\n    with:\n      path: {self.world.root}/app\n      source: app\n"
                           "      systemd: { unit: web.service, action: restart, sudo: true }\n"
                           "      health: { http: \":8000/\" }\n")
        self.refuse(4, self.host.address, "'web.service' cannot be told", "sudo: a password is required", "NOPASSWD")


if __name__ == "__main__":
    need_engine()
    need_root()
    need_links()
    unittest.main(verbosity=2)
