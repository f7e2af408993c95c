"""Secrets of a real OpenBao server through the binary: both kinds of KV stores, every way to log in that needs nobody else,
policies, versions that were deleted, tokens that end, credentials that are leased."""

import base64
import contextlib
import http.server
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.error
import urllib.request

from python_packages import openbao
from quickstart_world import free_port, need

ROOT_TOKEN = "S3ntinel-root-token"
LIMIT = 180  # seconds until it answers
LEASE = 30  # seconds of a dynamic secret: renewed after two thirds of them
READER = """
path "secret/data/prod/*" { capabilities = ["read"] }
path "secret/metadata/prod/*" { capabilities = ["read"] }
path "old/*" { capabilities = ["read"] }
path "team/kv/+/*" { capabilities = ["read"] }
"""
PIPELINE = """\
version: 1
project: hello
secrets:
  it: REFERENCE
  given: env://GIVEN
providers:
  vault.main: { address: "${ADDRESS}", SETTINGS }
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with: { command: [sh, -c, 'printf %s "$IT" > used; echo "$IT"'], env: { IT: "${secrets.it}" } }
"""


class Bao:
    def __init__(self, folder):
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = open(folder / "server.log", "wb")
        environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        self.process = subprocess.Popen(
            [openbao(), "server", "-dev", f"-dev-root-token-id={ROOT_TOKEN}", "-dev-no-store-token",
             f"-dev-listen-address={self.url.removeprefix('http://')}"], stdout=self.log, stderr=subprocess.STDOUT, env=environment)

    def ask(self, method, path, body=None, token=ROOT_TOKEN, **headers):
        request = urllib.request.Request(f"{self.url}/v1/{path}", method=method, headers={"X-Vault-Token": token, **headers},
                                         data=None if body is None else json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def answers(self):
        with contextlib.suppress(urllib.error.URLError, OSError):
            return self.ask("GET", "sys/health")["initialized"]
        return False

    def __enter__(self):
        deadline = time.monotonic() + LIMIT
        while not self.answers():
            assert self.process.poll() is None and time.monotonic() < deadline, "OpenBao did not start"
            time.sleep(0.1)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def set_up(self):
        self.ask("PUT", "sys/policies/acl/reader", {"policy": READER})
        self.ask("POST", "sys/mounts/old", {"type": "kv", "options": {"version": "1"}})
        self.ask("POST", "sys/mounts/team/kv", {"type": "kv", "options": {"version": "2"}})
        self.ask("POST", "sys/auth/approle", {"type": "approle"})
        self.ask("POST", "auth/approle/role/ci", {"token_policies": "reader", "token_ttl": "1h"})
        self.ask("POST", "old/prod/db", {"password": "S3ntinel-old", "port": 54320})

    def token(self, **settings):
        return self.ask("POST", "auth/token/create", {"policies": ["reader"], **settings})["auth"]["client_token"]

    def put(self, path, mount="secret", **members):
        self.ask("POST", f"{mount}/data/{path}", {"data": members})

    def accessors(self):
        return len(self.ask("LIST", "auth/token/accessors")["data"]["keys"])


class Broker(http.server.BaseHTTPRequestHandler):
    """What OpenBao's engine for RabbitMQ asks a broker: users are made and taken away."""

    def do_PUT(self):
        self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.path.startswith("/api/users/"):
            self.server.users.add(self.path)
        self.end(201)

    def do_DELETE(self):
        self.server.users.discard(self.path)
        self.end(204)

    def end(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class OpenBaoSecrets(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-openbao-"))
        cls.addClassCleanup(shutil.rmtree, folder, True)
        cls.bao = Bao(folder)
        cls.enterClassContext(cls.bao)
        cls.bao.set_up()

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-openbao-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "ADDRESS": self.bao.url,
                            "VAULT_TOKEN": self.bao.token()}
        self.bao.put("prod/db", password="S3ntinel-new", port=54320)

    def write(self, reference, settings="kv_version: 2"):
        (self.folder / "deploy.yaml").write_text(PIPELINE.replace("REFERENCE", reference).replace("SETTINGS", settings))

    def expect(self, code, *words):
        result = subprocess.run([os.environ["DEPLOYCTL"], "-C", str(self.folder), *words], capture_output=True, text=True,
                                stdin=subprocess.DEVNULL, timeout=300, env=self.environment, check=False)
        self.assertEqual(result.returncode, code, result.stdout + result.stderr)
        self.assertNotIn("S3ntinel", result.stdout + result.stderr)
        self.results = result.stdout
        return result.stdout + result.stderr

    def planned(self):
        self.expect(0, "plan", "local", "--output", "json")
        [secret] = [one for one in json.loads(self.results)["content"]["secrets"] if one["name"] == "it"]
        return secret["version"], secret["change"]

    def used(self):
        self.expect(0, "apply", "local", "--yes")
        return (self.folder / "used").read_text()

    def test_versions_are_the_servers_own_and_a_deleted_one_is_told(self):
        self.write("vault://main/secret/prod/db#password")
        metadata = self.bao.ask("GET", "secret/metadata/prod/db")["data"]
        newest = metadata["current_version"]
        version, change = self.planned()
        self.assertRegex(version, rf"^{newest}@\d{{10}}$")
        self.assertEqual(change, "new")
        self.assertEqual(self.used(), "S3ntinel-new")
        self.expect(0, "plan", "local", "--detailed-exitcode")
        self.bao.put("prod/db", password="S3ntinel-newer")
        self.assertRegex(self.planned()[0], rf"^{newest + 1}@")
        self.assertEqual(self.planned()[1], "rotated")
        self.bao.ask("DELETE", "secret/data/prod/db")
        self.assertIn(f"its newest version, {newest + 1}, was deleted at", self.expect(1, "plan", "local"))
        self.bao.ask("POST", "secret/undelete/prod/db", {"versions": [newest + 1]})
        self.assertEqual(self.used(), "S3ntinel-newer")
        self.bao.ask("POST", "secret/destroy/prod/db", {"versions": [newest + 1]})
        self.assertIn("was destroyed", self.expect(1, "plan", "local"))
        self.bao.ask("DELETE", "secret/metadata/prod/db")
        self.assertIn("there is nothing at 'secret/prod/db'", self.expect(1, "plan", "local"))

    def test_stores_without_versions_and_mounts_of_several_parts(self):
        self.write("vault://main/old/prod/db#port", 'kv_version: "1"')
        self.assertTrue(self.planned()[0].startswith("keyed:"))
        self.assertEqual(self.used(), "54320")
        self.write("vault://main/old/prod/db#port")
        self.assertIn("there is nothing at 'old/prod/db'", self.expect(1, "plan", "local"))  # nor at old/metadata/…
        self.bao.put("app", mount="team/kv", token="S3ntinel-of-team")
        self.write("vault://main/team/kv/app#token", "mounts: [team/kv]")
        self.assertEqual(self.used(), "S3ntinel-of-team")
        self.write("vault://main/team/kv/app#none", "mounts: [team/kv]")
        self.assertIn("it has nothing at '#none'", self.expect(1, "apply", "local", "--yes"))

    def test_approle_also_with_a_wrapped_secret_id_and_no_token_stays(self):
        role = self.bao.ask("GET", "auth/approle/role/ci/role-id")["data"]["role_id"]
        self.environment["GIVEN"] = self.bao.ask("POST", "auth/approle/role/ci/secret-id")["data"]["secret_id"]
        settings = f"auth: approle, role_id: {role}, secret_id: '${{secrets.given}}'"
        self.write("vault://main/secret/prod/db#password", settings)
        before = self.bao.accessors()
        self.assertEqual(self.used(), "S3ntinel-new")
        self.assertEqual(self.bao.accessors(), before)
        wrapped = self.bao.ask("POST", "auth/approle/role/ci/secret-id", {}, **{"X-Vault-Wrap-TTL": "120"})
        self.environment["GIVEN"] = wrapped["wrap_info"]["token"]
        self.write("vault://main/secret/prod/db#password", settings + ", secret_id_wrapped: true")
        self.planned()
        self.assertIn("wrapping token is not valid", self.expect(4, "plan", "local"))  # good for one question
        self.environment["GIVEN"] = "S3ntinel-of-nobody"
        self.write("vault://main/secret/prod/db#password", settings)
        self.assertIn("login at 'approle'", self.expect(4, "plan", "local"))

    def test_a_signed_identity_logs_in_where_the_server_trusts_its_signer(self):
        keys = self.folder / "keys"  # away from the pipeline, whose neighbours are looked at
        keys.mkdir()
        def openssl(*words, stdin=b""):
            return subprocess.run(["openssl", *words], cwd=keys, check=True, capture_output=True, input=stdin).stdout
        def part(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")
        openssl("genrsa", "-out", "signer.key", "2048")
        public = openssl("rsa", "-in", "signer.key", "-pubout").decode()
        with contextlib.suppress(urllib.error.HTTPError):
            self.bao.ask("POST", "sys/auth/jwt", {"type": "jwt"})
        self.bao.ask("POST", "auth/jwt/config", {"jwt_validation_pubkeys": [public], "bound_issuer": "https://ci.example.com"})
        self.bao.ask("POST", "auth/jwt/role/deployer", {
            "role_type": "jwt", "user_claim": "sub", "bound_audiences": ["bao"], "bound_subject": "repo:kodex",
            "token_policies": ["reader"]})
        claims = {"iss": "https://ci.example.com", "sub": "repo:kodex", "aud": "bao", "nbf": int(time.time()) - 3600,
                  "iat": int(time.time()) - 3600, "exp": int(time.time()) + 3600}
        for subject, code in (("repo:kodex", 0), ("repo:other", 4)):
            text = part(b'{"alg":"RS256","typ":"JWT"}') + b"." + part(json.dumps({**claims, "sub": subject}).encode())
            signature = openssl("dgst", "-sha256", "-sign", "signer.key", stdin=text)
            (self.folder / "identity.jwt").write_bytes(text + b"." + part(signature))
            self.write("vault://main/secret/prod/db#password", "auth: jwt, role: deployer, jwt_file: identity.jwt")
            self.expect(code, "plan", "local")

    def test_who_may_not_read_is_told_the_policy_that_would_allow_it(self):
        self.bao.put("other/db", password="S3ntinel-other")
        self.write("vault://main/secret/other/db#password")
        text = " ".join(self.expect(4, "plan", "local").split())
        told = re.search(r'a policy must allow it: (path ".*" \{ capabilities = \["read"\] \})', text)
        self.bao.ask("PUT", "sys/policies/acl/told", {"policy": told[1]})
        self.environment["VAULT_TOKEN"] = self.bao.token(policies=["told"])
        self.assertEqual(self.used(), "S3ntinel-other")
        self.assertIn("yes", self.expect(0, "secrets", "check", "local"))

    def wait(self, condition, what):
        deadline = time.monotonic() + LIMIT
        while not (found := condition()):
            self.assertLess(time.monotonic(), deadline, what)
            time.sleep(0.2)
        return found

    def test_a_dynamic_secret_lives_as_long_as_the_run(self):
        broker = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Broker)
        broker.users = set()
        thread = threading.Thread(target=broker.serve_forever, daemon=True)
        thread.start()
        self.addCleanup(lambda: (broker.shutdown(), broker.server_close(), thread.join()))
        self.bao.ask("POST", "sys/mounts/rabbitmq", {"type": "rabbitmq"})
        self.bao.ask("POST", "rabbitmq/config/connection", {
            "connection_uri": f"http://127.0.0.1:{broker.server_port}", "username": "a", "password": "b",
            "verify_connection": False})
        self.bao.ask("POST", "rabbitmq/config/lease", {"ttl": LEASE, "max_ttl": 3600})
        self.bao.ask("POST", "rabbitmq/roles/app", {"vhosts": '{"/": {"write": ".*", "read": ".*"}}'})
        self.write("vault://main/rabbitmq/creds/app#password", "dynamic: [rabbitmq]")
        self.expect(4, "secrets", "check", "local")
        self.bao.ask("PUT", "sys/policies/acl/broker", {"policy": 'path "rabbitmq/creds/app" { capabilities = ["read"] }'})
        self.environment["VAULT_TOKEN"] = self.bao.token(policies=["broker"])
        self.assertEqual(self.planned(), ("leased", "new"))
        self.assertIn("yes, leased", self.expect(0, "secrets", "check", "local"))
        self.assertEqual(broker.users, set())  # nobody needed one yet
        text = (self.folder / "deploy.yaml").read_text()
        (self.folder / "deploy.yaml").write_text(text.replace("echo", "touch begun; while [ ! -e go ]; do sleep 0.1; done; echo"))
        process = subprocess.Popen([os.environ["DEPLOYCTL"], "-C", str(self.folder), "apply", "local", "--yes"],
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, text=True,
                                   env=self.environment)
        try:
            self.wait((self.folder / "begun").exists, "the step did not begin")
            self.assertEqual(len(broker.users), 1)
            [lease] = self.bao.ask("LIST", "sys/leases/lookup/rabbitmq/creds/app")["data"]["keys"]
            self.wait(lambda: self.bao.ask("POST", "sys/leases/lookup", {"lease_id": f"rabbitmq/creds/app/{lease}"})["data"][
                "last_renewal"], "the lease was not renewed")
        finally:
            (self.folder / "go").touch()
            out, _ = process.communicate(timeout=LIMIT)
        self.assertEqual(process.returncode, 0, out)
        self.assertNotIn((self.folder / "used").read_text(), out)
        self.wait(lambda: not broker.users, "the credential was not taken back")

    def test_a_token_that_ended_is_told(self):
        self.write("vault://main/secret/prod/db#password")
        token = self.environment["VAULT_TOKEN"]
        self.bao.ask("POST", "auth/token/revoke", {"token": token})
        self.assertIn("the token is not valid", self.expect(4, "plan", "local"))
        self.assertIn("vault login", self.expect(4, "secrets", "check", "local"))


if __name__ == "__main__":
    need("openssl")
    unittest.main(verbosity=2)
