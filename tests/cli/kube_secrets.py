"""Secrets of Kubernetes through the binary: a server with a certificate of its own authority, which wants one from its client."""

import base64
import json
import ssl
import unittest

from store_servers import Service, StoreCase, StoreServer, make_certificates, server_context

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


class Api(Service):
    def answer(self, call):
        answer = {"metadata": {"name": "db", "resourceVersion": "4711"}}
        if call.headers["Accept"] == "application/json":
            answer["data"] = {"password": base64.b64encode(b"S3ntinel-password").decode()}
        return 200, answer


class KubeSecrets(StoreCase):
    def setUp(self):
        self.open_folder()
        make_certificates(self.folder)
        self.open_project(PIPELINE)
        context = server_context(self.folder)
        context.load_verify_locations(self.folder / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        self.api = Api()
        self.server = self.enterContext(StoreServer(self.api, context, speaks_tls=True))

    def configure(self, with_authority=True):
        def data(name):
            return base64.b64encode((self.folder / name).read_bytes()).decode()
        cluster = {"server": self.server.url}
        if with_authority:
            cluster["certificate-authority"] = "ca.pem"
        user = {"client-certificate-data": data("client.pem"), "client-key-data": data("client.key")}
        (self.folder / "config").write_text(json.dumps({
            "current-context": "c", "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
            "clusters": [{"name": "k", "cluster": cluster}], "users": [{"name": "u", "user": user}]}))
        self.project.environment["KUBECONFIG"] = str(self.folder / "config")

    def test_both_sides_prove_themselves_and_a_plan_moves_no_value(self):
        self.configure()
        self.assertEqual(self.planned(), {"password": ("4711", "new")})
        [asked] = self.api.calls
        self.assertEqual((asked.peer, asked.path), ("client", "/api/v1/namespaces/prod/secrets/db"))
        self.assertIn("PartialObjectMetadata", asked.headers["Accept"])
        self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password")

    def test_a_server_that_nobody_vouches_for_is_refused(self):
        self.configure(with_authority=False)
        self.assertIn("certificate", self.refused(1))
        self.assertEqual(self.api.calls, [])

    def test_whom_the_user_trusts_instead_of_the_system_counts_for_clusters_without_an_authority_too(self):
        self.configure(with_authority=False)
        self.project.environment["SSL_CERT_FILE"] = str(self.folder / "ca.pem")
        self.assertEqual(self.planned(), {"password": ("4711", "new")})
        self.project.environment["SSL_CERT_FILE"] = str(self.folder / "none.pem")
        self.assertIn("SSL_CERT_FILE", self.refused(1))


if __name__ == "__main__":
    unittest.main()
