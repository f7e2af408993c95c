"""Secrets of Vault through the binary, against a strict server: who has no valid token gets 403 for everything."""

import contextlib
import http.server
import json
import threading
import unittest

from project import Project

TIMES = {1: "2026-03-01T10:00:01.945319214Z", 2: "2026-03-01T10:00:02.5Z"}
PIPELINE = """\
version: 1
project: hello
secrets:
  password: vault://main/secret/prod/db#password
  secret_id: env://VAULT_CI_SECRET
providers:
  vault.main: { address: "${ADDRESS}", auth: approle, role_id: ci, secret_id: "${secrets.secret_id}" }
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with:
      script: |
        printf '%s' "$PASSWORD" > ROOT/used
        printf '%s\\n' "$PASSWORD"
      env: { PASSWORD: "${secrets.password}" }
"""


class Vault(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.serve(None)

    def do_POST(self):
        self.serve(json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)) or b"{}"))

    def serve(self, body):
        world = self.server.world
        with world.lock:
            world.asked.append(f"{self.command} {self.path}")
            status, answer = self.answer(world, body)
        data = json.dumps(answer).encode() if answer is not None else b""
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def answer(self, world, body):
        if world.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if self.path == "/v1/auth/approle/login":
            if body != {"role_id": "ci", "secret_id": "S3ntinel-secret-id"}:
                return 400, {"errors": ["invalid role or secret ID"]}
            world.tokens.append(f"S3ntinel-token-{len(world.tokens)}")
            return 200, {"auth": {"client_token": world.tokens[-1], "lease_duration": 3600, "renewable": True}}
        token = self.headers["X-Vault-Token"]
        if token not in world.tokens or token in world.revoked:
            return 403, {"errors": ["permission denied"]}
        if self.path == "/v1/auth/token/revoke-self":
            world.revoked.append(token)
            return 204, None
        metadata = {"version": world.version, "created_time": TIMES[world.version], "deletion_time": "", "destroyed": False}
        if self.path == "/v1/secret/metadata/prod/db":
            return 200, {"data": {"current_version": world.version, "versions": {str(world.version): metadata}}}
        if self.path == "/v1/secret/data/prod/db":
            return 200, {"data": {"data": {"password": "S3ntinel-password"}, "metadata": metadata}}
        return 404, {"errors": []}

    def log_message(self, *_):
        pass


class World:
    def __init__(self):
        self.lock = threading.Lock()
        self.asked, self.tokens, self.revoked, self.version, self.sealed = [], [], [], 1, False
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vault)
        self.server.world = self
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class VaultSecrets(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.project = self.stack.enter_context(Project(PIPELINE))
        self.world = World()
        self.stack.callback(self.world.close)
        self.project.environment.update({"ADDRESS": f"http://127.0.0.1:{self.world.server.server_port}",
                                         "VAULT_CI_SECRET": "S3ntinel-secret-id"})

    def plan(self):
        secrets = self.project.document(0, "plan", "local")["content"]["secrets"]
        return {secret["name"]: (secret["version"], secret["change"]) for secret in secrets}

    def test_a_plan_reads_metadata_an_apply_the_value_and_tokens_are_given_back(self):
        self.assertEqual(self.plan()["password"], ("1@1772359201", "new"))
        self.assertFalse([path for path in self.world.asked if "/data/" in path])
        result = self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password")
        self.assertIn("[secret:password]", result.stdout + result.stderr)
        self.assertEqual(self.world.tokens, self.world.revoked)
        for path in self.project.folder.rglob("*"):
            if path.is_file() and path.name != "used":
                self.assertNotIn(b"S3ntinel", path.read_bytes(), path)
        self.project.expect(0, "plan", "local", "--detailed-exitcode")
        self.world.version = 2
        self.assertEqual(self.plan()["password"], ("2@1772359202", "rotated"))

    def test_what_is_wrong_is_told_with_its_secret_and_no_value(self):
        self.world.sealed = True
        result = self.project.run("plan", "local")
        self.assertIn("is sealed", result.stdout + result.stderr)
        self.world.sealed = False
        self.project.environment["VAULT_CI_SECRET"] = "S3ntinel-other"
        result = self.project.run("plan", "local")
        text = result.stdout + result.stderr
        self.assertIn("secret 'password' (vault://main/secret/prod/db#password): vault: login at 'approle'", text)
        self.assertIn("invalid role or secret ID", text)
        self.assertNotIn("S3ntinel", text)


if __name__ == "__main__":
    unittest.main()
