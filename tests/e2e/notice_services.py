"""Strict stand-ins for the services that notices tell, on one port, and real mail servers. They keep what they were told and
refuse what the services would refuse; the vendors' own clients talk to them as well."""

import contextlib
import http.server
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import threading
import urllib.parse

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

TOKEN = "token-of-the-notices-test"


class Services:
    """`hook`: whatever comes. `slack`: the Web API, 200 also for what it refuses. `gh`, `grafana`, `sentry`: as documented."""

    def __init__(self):
        self.requests = []  # (method, path, headers, body)
        self.annotations, self.deployments, self.releases, self.messages = {}, {}, {}, {}
        services = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                status, document = services.answer(self.command, self.path, self.headers, body)
                text = document if isinstance(document, bytes) else json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = do_PUT = do_PATCH = answer

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.lock = threading.Lock()

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def told(self, prefix):
        """(method, path, headers, document) of one service, in order."""
        with self.lock:
            return [(method, path, headers, json.loads(body) if body else None)
                    for method, path, headers, body in self.requests if path.startswith(prefix)]

    def raw(self, prefix):
        with self.lock:
            return [(headers, body) for _, path, headers, body in self.requests if path.startswith(prefix)]

    def answer(self, method, path, headers, body):
        with self.lock:
            self.requests.append((method, path, dict(headers), body))
            place, _, query = path.partition("?")
            for prefix, handler in (("/hook", self.hook), ("/slack/", self.slack), ("/gh/", self.github),
                                    ("/grafana/", self.grafana), ("/api/0/", self.sentry)):
                if place.startswith(prefix):
                    if prefix != "/hook" and headers.get("Authorization") != f"Bearer {TOKEN}":
                        return (200, {"ok": False, "error": "invalid_auth"}) if prefix == "/slack/" else (401, {"message": "no"})
                    return handler(method, place[len(prefix):], urllib.parse.parse_qs(query), body)
        return 404, {}

    def hook(self, *_):
        return 200, b"ok"

    def slack(self, _, path, query, body):
        form = urllib.parse.parse_qs(body.decode()) if body[:1] != b"{" else None
        asked = {key: values[0] for key, values in form.items()} if form is not None else json.loads(body)
        if path == "chat.postMessage":
            if not asked.get("text") and not asked.get("blocks"):
                return 200, {"ok": False, "error": "no_text"}
            if "thread_ts" in asked and asked["thread_ts"] not in self.messages:
                return 200, {"ok": False, "error": "thread_not_found"}
            stamp = f"17000000{len(self.messages):02}.000100"
            self.messages[stamp] = asked
            return 200, {"ok": True, "channel": "C0DEPLOYS", "ts": stamp, "message": {"text": asked.get("text")}}
        if path == "chat.update":
            if asked.get("channel") != "C0DEPLOYS" or asked.get("ts") not in self.messages:
                return 200, {"ok": False, "error": "message_not_found"}
            self.messages[asked["ts"]].update(asked)
            return 200, {"ok": True, "channel": "C0DEPLOYS", "ts": asked["ts"], "text": asked.get("text")}
        return 200, {"ok": False, "error": "unknown_method"}

    def github(self, method, path, query, body):
        asked = json.loads(body) if body else {}
        if re.fullmatch(r"repos/acme/shop/deployments", path):
            if method == "GET":
                return 200, [each for each in self.deployments.values() if each["sha"] == query["sha"][0]
                             and each["environment"] == query["environment"][0]]
            if asked.get("auto_merge", True):
                return 202, {"message": "Auto-merged master into topic"}
            if asked.get("required_contexts") is None:
                return 409, {"message": "Conflict: Commit status checks failed"}
            number = 1000 + len(self.deployments)
            self.deployments[number] = {"id": number, "sha": asked["ref"], "states": [], **asked}
            return 201, {"id": number}
        if match := re.fullmatch(r"repos/acme/shop/deployments/(\d+)/statuses", path):
            self.deployments[int(match[1])]["states"].append(asked["state"])
            return 201, {"id": 1, "state": asked["state"]}
        if re.fullmatch(r"repos/acme/shop/statuses/[0-9a-f]{40}", path):
            return 201, {"id": 2, "state": asked["state"]}
        return 404, {"message": "Not Found"}

    def grafana(self, method, path, query, body):
        asked = json.loads(body) if body else {}
        if path == "api/annotations" and method == "POST":
            number = 1 + len(self.annotations)
            self.annotations[number] = {"id": number, **asked}
            return 200, {"message": "Annotation added", "id": number}
        if path == "api/annotations":
            wanted = set(query.get("tags", []))
            return 200, [each for each in self.annotations.values() if wanted <= set(each["tags"])]
        if (match := re.fullmatch(r"api/annotations/(\d+)", path)) and method == "PATCH":
            self.annotations[int(match[1])].update(asked)
            return 200, {"message": "Annotation patched"}
        return 404, {"message": "Not found"}

    def sentry(self, method, path, _, body):
        asked = json.loads(body) if body else {}
        base = "organizations/acme/releases/"
        if not path.startswith(base):
            return 404, {"detail": "The requested resource does not exist"}
        version, _, rest = urllib.parse.unquote(path[len(base):]).partition("/")
        if not version and method == "POST":
            known = asked["version"] in self.releases
            self.releases.setdefault(asked["version"], {"deploys": [], **asked})
            return (208 if known else 201), {"version": asked["version"]}
        if version not in self.releases:
            return 404, {"detail": "The requested resource does not exist"}
        release = self.releases[version]
        if rest == "deploys/" and method == "GET":
            return 200, release["deploys"]
        if rest == "deploys/":
            if "environment" not in asked:
                return 400, {"environment": ["This field is required."]}
            release["deploys"].append(asked)
            return 201, asked
        release.update(asked)
        return 200, {"version": version}


def certificate(folder):
    """A certificate of 127.0.0.1 that trusts itself: its path and its key's."""
    paths = folder / "mail.pem", folder / "mail.key"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", str(paths[0]), "-keyout", str(paths[1])],
                   check=True, capture_output=True)
    return paths


class Inbox:
    """What a mail server does with what it takes."""

    def __init__(self):
        self.mails = []  # (from, to, bytes)

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return "250 taken"


def allowed(_server, _session, _envelope, _mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"deploy", TOKEN.encode())
    return AuthResult(success=good, handled=False)


@contextlib.contextmanager
def mail_server(folder, tls="starttls"):
    """A real SMTP server that wants a login, encrypted as asked; gives its port and its inbox."""
    inbox = Inbox()
    context = None
    if tls != "none":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate(folder))
    wanted = {"starttls": {"tls_context": context, "require_starttls": True}, "implicit": {}, "none": {}}[tls]

    class Server(Controller):
        def factory(self):
            return SMTP(self.handler, authenticator=allowed, auth_required=tls != "none",
                        auth_require_tls=tls == "starttls", **wanted)

        def _trigger_server(self):  # its own knows neither a port that was chosen nor TLS
            socket.create_connection(self.server.sockets[0].getsockname(), 30).close()

    controller = Server(inbox, hostname="127.0.0.1", port=0, ssl_context=context if tls == "implicit" else None,
                        ready_timeout=60)
    controller.start()
    try:
        yield controller.server.sockets[0].getsockname()[1], inbox
    finally:
        controller.stop()


class NodeMail:
    """nodemailer's SMTP server as a process of its own: `close` gives what it took, in order."""

    def __init__(self, modules, folder, tls, method):
        self.process = subprocess.Popen(
            ["node", str(pathlib.Path(__file__).with_name("mail_server.js")), tls, method, *map(str, certificate(folder))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={"PATH": os.environ["PATH"], "NODE_PATH": str(modules), "MAIL_PASSWORD": TOKEN})
        self.port = json.loads(self.process.stdout.readline())["port"]

    def close(self):
        """Lets it end; gives all that it said."""
        out, _ = self.process.communicate(timeout=60)
        return [json.loads(line) for line in out.splitlines()]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
