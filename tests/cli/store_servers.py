"""What tests of secret stores have in common: scripted services in this process, with faults on demand; and an internet of them,
where every https host is reached through a proxy that leads here, with certificates of the test's own authority."""

import contextlib
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from project import Project

HANG_UP = object()
PATIENCE = 120  # seconds: by then a test has failed
SENTINEL = "S3ntinel"  # how everything begins that must not be seen


def make_certificates(folder, names=("IP:127.0.0.1",)):
    """An authority, and a certificate of it for the server and one for the client."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name, extra in (("server", "subjectAltName=" + ",".join(names)), ("client", "extendedKeyUsage=clientAuth")):
        (folder / f"{name}.ext").write_text(extra)
        openssl("req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                f"{name}.pem", "-days", "2", "-extfile", f"{name}.ext")


def server_context(folder):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


class Call:
    """One request, as a service sees it."""

    def __init__(self, handler):
        url = urllib.parse.urlsplit(handler.path)
        self.method, self.host, self.path = handler.command, handler.headers["Host"], url.path
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        self.headers = handler.headers
        self.body = handler.rfile.read(int(handler.headers["Content-Length"] or 0))
        self.at = time.monotonic()
        peer = handler.connection.getpeercert() if isinstance(handler.connection, ssl.SSLSocket) else None
        self.peer = dict(pair[0] for pair in peer["subject"])["commonName"] if peer else None

    def json(self):
        return json.loads(self.body or b"null")

    def form(self):
        return dict(urllib.parse.parse_qsl(self.body.decode(), keep_blank_values=True, strict_parsing=True))

    @property
    def name(self):
        return f"{self.method} {self.host}{self.path}"


class Service:
    """Answers calls, one at a time: (status, body) or (status, body, headers); None is an empty body."""

    def __init__(self):
        self.lock = threading.Lock()
        self.calls = []
        self.faults = []  # answers that come instead of the next ones
        self.always = None  # the same, without an end
        self.gate = threading.Event()  # nobody is answered while it is closed
        self.gate.set()

    def answer(self, call):
        raise NotImplementedError

    def may_fail(self, _):
        """Whether a fault may hit this call."""
        return True

    def serve(self, call):
        with self.lock:
            self.calls.append(call)
            self.gate.wait(PATIENCE)
            if self.may_fail(call):
                fault = self.faults.pop(0) if self.faults else self.always
                if fault:
                    return fault
            return self.answer(call)

    def names(self):
        return [call.name for call in self.calls]

    def count(self, part):
        return sum(part in name for name in self.names())


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def serve(self):
        answer = self.server.service.serve(Call(self))
        if answer is HANG_UP:
            self.close_connection = True
            return
        status, body, headers = (*answer, {})[:3]
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = serve

    def do_CONNECT(self):
        """Whoever is asked for, it is us."""
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        with contextlib.suppress(OSError):  # who does not trust us hangs up
            with self.server.context.wrap_socket(self.connection, server_side=True) as inside:
                Handler(inside, self.client_address, self.server)

    def log_message(self, *_):
        pass


class StoreServer(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, service, context=None, speaks_tls=False):
        super().__init__(("127.0.0.1", 0), Handler)
        self.service, self.context = service, context
        if speaks_tls:  # each handshake is its connection's own, so that one that fails holds up no other
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"http{'s' if speaks_tls else ''}://127.0.0.1:{self.server_port}"
        self.thread = threading.Thread(target=self.serve_forever, daemon=True)
        self.thread.start()

    def handle_error(self, *_):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()
        self.thread.join()


class StoreCase(unittest.TestCase):
    """A project whose secrets are kept in stores."""

    def open_project(self, pipeline):
        self.project = self.enterContext(Project(pipeline))

    def open_folder(self):
        self.folder = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))

    def planned(self):
        """Version and change of each secret in the plan."""
        secrets = self.project.document(0, "plan", "local")["content"]["secrets"]
        return {secret["name"]: (secret["version"], secret["change"]) for secret in secrets}

    def refused(self, code, *words):
        result = self.project.expect(code, *(words or ("plan", "local")))
        text = result.stdout + result.stderr
        self.assertNotIn(SENTINEL, text)
        return text

    def assert_nothing_kept(self):
        """On no disk but where the step itself put it."""
        for path in self.project.folder.rglob("*"):
            if path.is_file() and path.name != "used":
                self.assertNotIn(SENTINEL.encode(), path.read_bytes(), path)
