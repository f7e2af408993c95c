"""Secrets of Vault through the binary, against a strict server: who has no valid token gets 403 for everything."""

import unittest

from store_servers import Service, StoreCase, StoreServer

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


class Vault(Service):
    def __init__(self):
        super().__init__()
        self.tokens, self.revoked, self.version, self.sealed = [], [], 1, False

    def answer(self, call):
        if self.sealed:
            return 503, {"errors": ["Vault is sealed"]}
        if call.path == "/v1/auth/approle/login":
            if call.json() != {"role_id": "ci", "secret_id": "S3ntinel-secret-id"}:
                return 400, {"errors": ["invalid role or secret ID"]}
            self.tokens.append(f"S3ntinel-token-{len(self.tokens)}")
            return 200, {"auth": {"client_token": self.tokens[-1], "lease_duration": 3600, "renewable": True}}
        token = call.headers["X-Vault-Token"]
        if token not in self.tokens or token in self.revoked:
            return 403, {"errors": ["permission denied"]}
        if call.path == "/v1/auth/token/revoke-self":
            self.revoked.append(token)
            return 204, None
        metadata = {"version": self.version, "created_time": TIMES[self.version], "deletion_time": "", "destroyed": False}
        if call.path == "/v1/secret/metadata/prod/db":
            return 200, {"data": {"current_version": self.version, "versions": {str(self.version): metadata}}}
        if call.path == "/v1/secret/data/prod/db":
            return 200, {"data": {"data": {"password": "S3ntinel-password"}, "metadata": metadata}}
        return 404, {"errors": []}


class VaultSecrets(StoreCase):
    def setUp(self):
        self.open_project(PIPELINE)
        self.vault = Vault()
        server = self.enterContext(StoreServer(self.vault))
        self.project.environment.update({"ADDRESS": server.url, "VAULT_CI_SECRET": "S3ntinel-secret-id"})

    def test_a_plan_reads_metadata_an_apply_the_value_and_tokens_are_given_back(self):
        self.assertEqual(self.planned()["password"], ("1@1772359201", "new"))
        self.assertEqual(self.vault.count("/data/"), 0)
        result = self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password")
        self.assertIn("[secret:password]", result.stdout + result.stderr)
        self.assertEqual(self.vault.tokens, self.vault.revoked)
        self.assert_nothing_kept()
        self.project.expect(0, "plan", "local", "--detailed-exitcode")
        self.vault.version = 2
        self.assertEqual(self.planned()["password"], ("2@1772359202", "rotated"))

    def test_what_is_wrong_is_told_with_its_secret_and_no_value(self):
        self.vault.sealed = True
        self.assertIn("is sealed", self.refused(1))
        self.vault.sealed = False
        self.project.environment["VAULT_CI_SECRET"] = "S3ntinel-other"
        text = self.refused(4)
        self.assertIn("secret 'password' (vault://main/secret/prod/db#password): vault: login at 'approle'", text)
        self.assertIn("invalid role or secret ID", text)


if __name__ == "__main__":
    unittest.main()
