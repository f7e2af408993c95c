"""Secrets of Kubernetes through the binary: a server with a certificate of its own authority, which wants one from its client."""

import base64
import contextlib
import http.server
import json
import pathlib
import ssl
import subprocess
import tempfile
import threading
import unittest

from project import Project

PIPELINE = """\
version: 1
project: hello
secrets:
  password: k8s://prod/db#password
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with:
      script: |
        printf '%s' "$PASSWORD" > ROOT/used
      env: { PASSWORD: "${secrets.password}" }
"""


def make_certificates(folder):
    """An authority, and a certificate of it for the server and one for the client."""
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name, extra in (("server", "subjectAltName=IP:127.0.0.1"), ("client", "extendedKeyUsage=clientAuth")):
        (folder / f"{name}.ext").write_text(extra)
        openssl("req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out",
                f"{name}.pem", "-days", "2", "-extfile", f"{name}.ext")


class Api(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        subject = dict(pair[0] for pair in self.connection.getpeercert()["subject"])
        accept = self.headers["Accept"]
        self.server.asked.append((subject["commonName"], self.path, "PartialObjectMetadata" in accept))
        answer = {"metadata": {"name": "db", "resourceVersion": "4711"}}
        if accept == "application/json":
            answer["data"] = {"password": base64.b64encode(b"S3ntinel-password").decode()}
        data = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_):  # a client that does not trust it hangs up
        pass


class KubeSecrets(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.folder = pathlib.Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        make_certificates(self.folder)
        self.project = self.stack.enter_context(Project(PIPELINE))
        self.server = Server(("127.0.0.1", 0), Api)
        self.server.asked = []
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        context.load_verify_locations(self.folder / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        # The handshake is each connection's own, so that one that fails holds up no other.
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        thread.start()
        self.stack.callback(thread.join)
        self.stack.callback(self.server.server_close)
        self.stack.callback(self.server.shutdown)

    def configure(self, with_authority=True):
        def data(name):
            return base64.b64encode((self.folder / name).read_bytes()).decode()
        cluster = {"server": f"https://127.0.0.1:{self.server.server_port}"}
        if with_authority:
            cluster["certificate-authority"] = "ca.pem"
        user = {"client-certificate-data": data("client.pem"), "client-key-data": data("client.key")}
        (self.folder / "config").write_text(json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "clusters": [{"name": "k", "cluster": cluster}], "users": [{"name": "u", "user": user}]}))
        self.project.environment["KUBECONFIG"] = str(self.folder / "config")

    def test_both_sides_prove_themselves_and_a_plan_moves_no_value(self):
        self.configure()
        secrets = self.project.document(0, "plan", "local")["content"]["secrets"]
        self.assertEqual([(secret["version"], secret["change"]) for secret in secrets], [("4711", "new")])
        self.assertEqual(self.server.asked, [("client", "/api/v1/namespaces/prod/secrets/db", True)])
        self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password")

    def test_a_server_that_nobody_vouches_for_is_refused(self):
        self.configure(with_authority=False)
        result = self.project.run("plan", "local")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("certificate", result.stdout + result.stderr)
        self.assertEqual(self.server.asked, [])


if __name__ == "__main__":
    unittest.main()
