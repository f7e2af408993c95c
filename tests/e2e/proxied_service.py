"""docker.service behind one of the proxies of proxy_world: a project with one service, whose releases say who they are."""

import json

from proxy_world import PROXIES, Load
from waiting import wait_for

# Each answers who it is; the slow one says so once it has begun, takes its time, and ends what it has begun.
SERVE = """mkdir -p /www/cgi-bin
          echo "$VERSION" > /www/index.html
          printf '#!/bin/sh\\ntouch /www/begun\\nsleep 3\\nprintf "Content-Type: text/plain\\\\n\\\\n%%s" "$VERSION"\\n' > /www/cgi-bin/slow
          chmod 755 /www/cgi-bin/slow
          httpd -f -p "127.0.0.1:$PORT" -h /www &
          trap 'kill $!; exit 0' TERM
          wait"""
CRASH = "echo no such table >&2; exit 3"


class ProxiedService:
    """`more` is what else stands under `with`; `where` is for the proxy."""

    def __init__(self, project, engine, image, proxy, more="", **where):
        self.project, self.engine, self.image, self.more = project, engine, image, more
        self.proxy = PROXIES[proxy](project.folder / "p", **where)  # short: paths of sockets are
        self.loads = []

    def begin(self):
        self.release("v1")
        self.proxy.open_site()
        wait_for("the first release through the proxy", lambda: self.answers("v1"))

    def end(self):
        for load in self.loads:
            load.stop()
        self.proxy.stop()
        for container in self.containers():
            self.engine.ask("POST", f"/containers/{container['Id']}/update",
                                  json.dumps({"RestartPolicy": {"Name": "no"}}))
            self.engine.ask("POST", f"/containers/{container['Id']}/kill")

    def write(self, version, script=SERVE, more="", gates=""):
        proxy = self.proxy
        self.project.write(
            f"  api:\n    uses: docker.service\n    with:\n      image: \"{self.image}\"\n      network: host\n{self.more}"
            f"      port: [{proxy.first}, {proxy.second}]\n      proxy: {{ {proxy.inputs}, drain: 60s }}\n"
            f"      command:\n        - sh\n        - -c\n        - |\n          {script}\n"
            f"      env: {{ VERSION: \"{version}\" }}\n      grace: 10s\n"
            f"      health: {{ http: /index.html, interval: 100ms, consecutive: 2 }}\n{more}", gates)

    def release(self, version, code=0, **options):
        self.write(version, **options)
        return self.project.expect(code, "apply", "production", "--yes")

    def answers(self, version, path="/"):
        try:
            return self.proxy.ask(path) == version
        except OSError:
            return False

    def containers(self):
        return self.engine.containers(stack=self.project.name + "/production")

    def running(self):
        return [container["Names"][0].lstrip("/") for container in self.containers() if container["State"] == "running"]

    def load(self):
        self.loads.append(Load(self.proxy.address, self.proxy.port))
        return self.loads[-1]
