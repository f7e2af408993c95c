"""The other clients beside which images are measured: crane and regctl where CRANE and REGCTL name them, docker where a dockerd
can be started; and a registry that has many tags and tells them in pages."""

import hashlib
import http.server
import json
import os
import pathlib
import shutil
import sys
import threading
import urllib.parse

from registry_bench import Timed

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))
from docker_world import Engine  # noqa: E402  pylint: disable=wrong-import-position


class Clients:
    """Each row is there when its program is."""

    def __init__(self, home):
        self.home = home
        self.programs = {name: os.environ[name.upper()] for name in ("crane", "regctl") if os.environ.get(name.upper())}

    def timed(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.home), "TMPDIR": os.environ.get("TMPDIR", "/tmp")}
        return Timed([str(word) for word in words], self.home, environment)

    def push(self, name, layout, digest, to):
        if name == "crane":
            return self.timed(self.programs[name], "push", layout, to)
        return self.regctl(to, "image", "copy", f"ocidir://{layout}@{digest}", to)

    def copy(self, name, source, to):
        if name == "crane":
            return self.timed(self.programs[name], "copy", source, to)
        return self.regctl(source, "image", "copy", source, to, second=to)

    def tags(self, name, repository):
        if name == "crane":
            return self.timed(self.programs[name], "ls", repository)
        return self.regctl(repository, "tag", "ls", repository)

    def regctl(self, place, *words, second=None):
        plain = [word for one in {place.split("/")[0], (second or place).split("/")[0]}
                 for word in ("--host", f"reg={one},tls=disabled")]
        return self.timed(self.programs["regctl"], *plain, *words)


class Docker:
    """An engine of our own that has the image of an archive. Only the client's processor seconds are known."""

    def __init__(self, folder, archive):
        self.engine = Engine(folder)
        self.engine.load(archive)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "DOCKER_HOST": f"unix://{self.engine.socket}"}
        self.folder, self.image = folder, "app:1"

    @staticmethod
    def can_run():
        return os.geteuid() == 0 and all(shutil.which(name) for name in ("docker", "dockerd", "containerd", "runc"))

    def push(self, to):
        Timed(["docker", "tag", self.image, to], self.folder, self.environment)
        return Timed(["docker", "push", "--quiet", to], self.folder, self.environment)

    def stop(self):
        self.engine.stop()


class PagedRegistry:
    """One image under `count` versions, told by the hundred; tags come in the order of text, not of versions."""

    def __init__(self, layout, digest, count):
        self.tags = sorted(f"v1.{number // 100}.{number % 100}" for number in range(count))
        self.newest = f"v1.{(count - 1) // 100}.{(count - 1) % 100}"
        self.blobs, self.digest = pathlib.Path(layout) / "blobs" / "sha256", digest
        world = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                world.answer(self)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        kind = url.path.split("/")[-2]
        headers = {"Content-Type": "application/json"}
        if kind == "tags":
            last = urllib.parse.parse_qs(url.query).get("last", [""])[0]
            left = [tag for tag in self.tags if tag > last]
            if len(left) > 100:
                headers["Link"] = f'<{url.path}?n=100&last={left[99]}>; rel="next"'
            body = json.dumps({"name": "a/app", "tags": left[:100]}).encode()
        elif kind in ("manifests", "blobs"):
            digest = url.path.rsplit("/", 1)[1] if kind == "blobs" else self.digest
            body = (self.blobs / digest.split(":")[1]).read_bytes()
            headers["Docker-Content-Digest"] = "sha256:" + hashlib.sha256(body).hexdigest()
            if kind == "manifests":
                headers["Content-Type"] = "application/vnd.oci.image.manifest.v1+json"
        else:
            body = b"{}"
        handler.send_response(200)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if handler.command == "GET":
            handler.wfile.write(body)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
