"""`deployctl permissions`: what hosts, registries, stores and this machine have to allow, from the descriptions of actions."""

import unittest

from project import Project

PIPELINE = """\
version: 1
project: hello
vars: { registry: registry.example.com/kodex }
secrets:
  db: vault://main/kv/app/db#password
  key: aws-sm://prod/api#key
  local: env://LOCAL_KEY
environments:
  staging: { hosts: { web: [local] } }
  production: { hosts: { web: [deploy@app-1.example.com, deploy@app-2.example.com] } }
providers: { vault.main: { address: "https://vault.example.com" } }
steps:
  proof:
    uses: image.promote
    with: { from: "${vars.registry}/api:v1", to: "mirror.example.com/api:v1" }
  motd:
    uses: file.put
    with: { path: /etc/motd, content: "${secrets.db} ${secrets.key} ${secrets.local}", mode: "0600" }
  migrate:
    uses: host.run
    with: { command: [alembic, upgrade, head], on: first }
"""


class Permissions(unittest.TestCase):
    def setUp(self):
        self.project = self.enterContext(Project(PIPELINE))

    def needs(self, environment):
        (told,) = self.project.document(0, "permissions", environment)["environments"]
        self.assertEqual(told["stack"], f"hello/{environment}")
        return {(each["place"], each["what"]): each["for"] for each in told["needs"]}

    def test_hosts_registries_and_stores(self):
        needs = self.needs("production")
        for host in ("deploy@app-1.example.com", "deploy@app-2.example.com"):
            self.assertEqual(needs[host, "log in"], ["motd", "migrate"])
            self.assertEqual(needs[host, "write /etc/motd"], ["motd"])
            self.assertEqual(needs[host, "run alembic upgrade head"], ["migrate"])
        self.assertEqual(needs["registry.example.com", "repository:kodex/api:pull"], ["proof"])
        self.assertEqual(needs["mirror.example.com", "repository:api:pull,push"], ["proof"])
        self.assertEqual(needs["Vault main", "read on kv/data/app/db (key-value version 2) or kv/app/db (version 1)"], ["${secrets.db}"])
        (store,) = [what for place, what in needs if place == "AWS Secrets Manager"]
        self.assertIn("secretsmanager:GetSecretValue on prod/api", store)
        self.assertIn(("this machine", "the variable LOCAL_KEY"), needs)
        self.assertNotIn("owner", str(needs))

    def test_on_this_machine_nobody_logs_in(self):
        needs = self.needs("staging")
        self.assertEqual(needs["this machine", "write /etc/motd"], ["motd"])
        self.assertNotIn("log in", [what for _, what in needs])

    def test_every_environment_when_none_is_named(self):
        text = self.project.expect(0, "permissions").stdout
        self.assertLess(text.index("hello/staging"), text.index("hello/production"))
        self.project.expect(3, "permissions", "nowhere")


if __name__ == "__main__":
    unittest.main()
