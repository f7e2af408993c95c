"""Caddy, HAProxy and nginx as their Debian packages have them, each on ports and with files of its own, for a service
whose containers take turns with two ports of the host. What is started here is ended here, by its number.
"""

import ctypes
import json
import os
import pathlib
import re
import signal
import subprocess
import urllib.request

from quickstart_world import free_port
from waiting import WAIT, wait_for


NEW_NETWORK = 0x40000000  # CLONE_NEWNET


def enter_own_network():
    """This process and what it starts get a network of their own with nothing but the loopback device."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "no network of one's own")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    keep_connections(True)


def keep_connections(are_kept):
    """Whether the kernel gives what waits at a port to who opens the port anew, as Caddy does with each configuration."""
    setting = pathlib.Path("/proc/sys/net/ipv4/tcp_migrate_req")
    if setting.exists():
        setting.write_text(str(int(are_kept)))


class Load:
    """wrk until it is told to end. One connection a request, as those clients have it that lose something when a server
    goes: nobody closes a connection between two requests."""

    def __init__(self, address, port):
        self.process = subprocess.Popen(
            ["nice", "wrk", "-t", "1", "-c", "4", "-d", "3600s", "--timeout", "60s", "-H", "Connection: close",
             f"http://{address}:{port}/"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)

    def finish(self):
        """Requests, answers other than 2xx, and errors of connections."""
        assert self.process.poll() is None, "the load ended before what it was to watch"
        self.process.send_signal(signal.SIGINT)
        text, _ = self.process.communicate(timeout=WAIT)
        requests = int(re.search(r"(\d+) requests in", text).group(1))
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        return requests, int(bad.group(1)) if bad else 0, sum(map(int, errors.groups())) if errors else 0

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


class Proxy:
    """`inputs` is what stands under `proxy` in the pipeline. It runs after `words` (of nsenter) and listens on `address`."""

    def __init__(self, folder, address="127.0.0.1", words=()):
        self.folder = folder
        self.address, self.words = address, words
        self.folder.mkdir()
        self.port, self.first, self.second = free_port(), free_port(), free_port()
        self.log_path = folder / "log"
        self.starts = 0
        self.process = None

    def start(self, *words):
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder),
                       "XDG_CONFIG_HOME": str(self.folder)}
        self.starts += 1
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([str(word) for word in (*self.words, *words)], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            env=environment, start_new_session=True)
        wait_for(f"{words[0]}, whose log is {self.log_path},", self.is_up)

    def is_up(self):
        raise NotImplementedError

    def open_site(self):
        """What the user does once the service has been deployed for the first time."""

    def ask(self, path="/"):
        with urllib.request.urlopen(f"http://{self.address}:{self.port}{path}", timeout=WAIT) as answer:
            return answer.read().decode().strip()

    def log(self):
        return self.log_path.read_text(errors="replace")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(WAIT)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(WAIT)


class Caddy(Proxy):
    def __init__(self, folder, **where):
        super().__init__(folder, **where)
        self.admin = free_port()
        self.inputs = f"caddy: {{ site: \"http://{self.address}:{self.port}\", admin: \"http://127.0.0.1:{self.admin}\" }}"
        (folder / "caddy.json").write_text(json.dumps(
            {"admin": {"listen": f"127.0.0.1:{self.admin}", "config": {"persist": False}}}))
        self.start("caddy", "run", "--config", folder / "caddy.json")

    def is_up(self):
        return self.log().count("admin endpoint started") == self.starts


class Haproxy(Proxy):
    def __init__(self, folder, **where):
        super().__init__(folder, **where)
        self.socket = folder / "admin.sock"
        self.inputs = f"haproxy: {{ backend: api, socket: {self.socket} }}"
        (folder / "haproxy.cfg").write_text(f"""global
    stats socket {self.socket} mode 600 level admin
    maxconn 2000
defaults
    mode http
    timeout connect 10s
    timeout client 60s
    timeout server 60s
frontend front
    bind {self.address}:{self.port}
    default_backend api
backend api
    server blue 127.0.0.1:{self.first} check disabled
    server green 127.0.0.1:{self.second} check disabled
""")
        self.start("haproxy", "-db", "-f", folder / "haproxy.cfg")

    def is_up(self):
        return self.socket.exists()


class Nginx(Proxy):
    def __init__(self, folder, **where):
        super().__init__(folder, **where)
        self.pid = folder / "nginx.pid"
        upstream = folder / "upstreams" / "api.conf"
        upstream.parent.mkdir()
        (folder / "sites").mkdir()
        config = folder / "nginx.conf"
        self.inputs = f"nginx: {{ upstream: api, file: {upstream}, config: {config}, pid: {self.pid} }}"
        paths = "".join(f"    {name}_temp_path {folder}/{name};\n"
                        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        config.write_text(f"""user root;
worker_processes 2;
pid {self.pid};
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
{paths}    include {folder}/upstreams/*.conf;
    include {folder}/sites/*.conf;
}}
""")
        self.start("nginx", "-c", config, "-g", "daemon off;")

    def is_up(self):
        return self.pid.exists() and self.pid.read_text().strip() != ""

    def open_site(self):
        (self.folder / "sites" / "api.conf").write_text(
            f"server {{ listen {self.address}:{self.port}; location / {{ proxy_pass http://api; }} }}\n")
        os.kill(int(pathlib.Path(self.pid).read_text()), signal.SIGHUP)


PROXIES = {"caddy": Caddy, "haproxy": Haproxy, "nginx": Nginx}
