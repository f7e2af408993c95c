"""Secrets of Google, Azure, 1Password Connect and Doppler through the binary, and GitHub as a source of identity: over TLS, by a
proxy, against strict services that count what they are asked for."""

import pathlib
import re
import unittest
from dataclasses import dataclass, field

from cloud_stores import AUDIENCES, KEY, POOL, TEAM, InternetCase, item_id
from store_servers import SENTINEL, StoreCase

FORGOTTEN = pathlib.Path(__file__).with_name("two_first_connections.supp")  # by libcrypto, told only where leaks are looked for
PIPELINE = """\
version: 1
project: hello
secrets:
  db: DB
  api: API
  env_secret: env://LOCAL_SECRET
providers: PROVIDERS
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with:
      script: |
        printf '%s %s' "$A" "$B" > ROOT/used
        printf '%s\\n' "$A" "$B"
      env: { A: "${secrets.db}", B: "${secrets.api}" }
"""
JOB = {"ACTIONS_ID_TOKEN_REQUEST_URL": "https://actions.example.com/id?api-version=2.0",
       "ACTIONS_ID_TOKEN_REQUEST_TOKEN": f"{SENTINEL}-request-token"}


@dataclass
class Case:
    """One store: how its secrets are named, what it needs, and what it is asked for both of them."""
    name: str
    reference: str  # @ is the secret's name
    planned: list  # in any order
    applied: list  # what comes on top of that when values are used
    version: str  # of the first version; the second one ends in 2
    help: str  # to who may not read
    missing: str
    providers: str = "{}"
    environment: dict = field(default_factory=dict)
    asks_anew: bool = True  # for a token, when one has ended

    def of(self, name):
        return self.reference.replace("@", name)


def each(*paths):
    return [path.replace("@", name) for path in paths for name in ("db", "api")]


GOOGLE = "GET secretmanager.googleapis.com/v1/projects/kodex/secrets/@/versions/latest"
VAULT = "GET kodex.vault.azure.net/secrets/@"
CONNECT = "GET connect.example.com/v1/vaults"
DOPPLER = "GET api.doppler.com/v3/configs/config/secrets/download"
CASES = (
    Case("google", "gcp-sm://kodex/@", ["POST oauth2.googleapis.com/token", *each(GOOGLE)], each(GOOGLE + ":access"), "1",
         "grant roles/secretmanager.secretAccessor on the secret", "Secret not found", "{ gcp: { credentials_file: \"${KEYS}\" } }"),
    Case("azure", "azure-kv://kodex/@", ["POST login.microsoftonline.com/t-1/oauth2/v2.0/token", *each(VAULT + "/versions")],
         each(VAULT), "version1", "assign the role Key Vault Secrets User", "has no secret 'api'", "{}",
         {"AZURE_TENANT_ID": "t-1", "AZURE_CLIENT_ID": "c-1", "AZURE_CLIENT_SECRET": f"{SENTINEL}-client"}),
    Case("connect", "op://Team/@/password", [CONNECT, f"{CONNECT}/{TEAM}/items", f"{CONNECT}/{TEAM}/items"],
         [f"{CONNECT}/{TEAM}/items/{item_id(name)}" for name in ("db", "api")], "1", "", "there is no item 'api' in vault 'Team'",
         "{ op: { connect_host: https://connect.example.com, connect_token: \"${secrets.env_secret}\" } }",
         {"LOCAL_SECRET": f"{SENTINEL}-connect"}, asks_anew=False),
    Case("doppler", "doppler://kodex/prd/@", [DOPPLER], [], "", "", "has no 'API'", "{}",
         {"DOPPLER_TOKEN": f"{SENTINEL}-doppler"}, asks_anew=False),
)


class CloudSecrets(InternetCase, StoreCase):
    def setUp(self):
        super().setUp()
        self.surroundings = {"https_proxy": self.proxy.url, "SSL_CERT_FILE": self.authority,
                             "KEYS": str(self.folder / "google.json"), "LOCAL_SECRET": "local",
                             "LSAN_OPTIONS": f"suppressions={FORGOTTEN}:print_suppressions=0"}

    def use(self, providers, references, environment):
        self.open_project(PIPELINE.replace("PROVIDERS", providers).replace("DB", references[0]).replace("API", references[1]))
        self.project.environment.update({**self.surroundings, **environment})

    def open_case(self, case):
        upper = str.upper if case.name == "doppler" else str
        self.use(case.providers, [case.of(upper(name)) for name in ("db", "api")], case.environment)
        self.store = getattr(self.internet, case.name)
        self.internet.calls.clear()

    def for_each_store(self, body, cases=CASES):
        for case in cases:
            with self.subTest(case.name):
                self.internet.always, self.internet.faults = None, []
                self.open_case(case)
                body(case)

    def asked(self):
        """Since the last time."""
        names = self.internet.names()
        self.internet.calls.clear()
        return sorted(names)

    def test_one_resolution_a_run_and_no_value_in_a_plan_where_the_store_can_tell_versions(self):
        def body(case):
            self.assertEqual({change for _, change in self.planned().values()}, {"new"})
            self.assertEqual(self.asked(), sorted(case.planned))
            self.project.expect(0, "secrets", "check", "local")
            self.assertEqual(self.asked(), sorted(case.planned))
            result = self.project.expect(0, "apply", "local", "--yes")
            self.assertEqual(self.asked(), sorted(case.planned + case.applied))
            self.assertEqual((self.project.root / "used").read_text(), f"{SENTINEL}-of-db {SENTINEL}-of-api")
            self.assertIn("[secret:db]", result.stdout + result.stderr)
            self.assertNotIn(SENTINEL, result.stdout + result.stderr)
            self.assert_nothing_kept()
            self.project.expect(0, "plan", "local", "--detailed-exitcode")
        self.for_each_store(body)

    def test_a_rotated_value_makes_a_plan(self):
        def body(case):
            before = self.planned()
            self.project.expect(0, "apply", "local", "--yes")
            self.store.version, self.store.values["db"] = 2, f"{SENTINEL}-rotated"
            after = self.planned()
            self.assertEqual(after["db"][1], "rotated")
            self.assertIn("secret db was rotated since the live release", self.project.expect(0, "plan", "local").stdout)
            if case.version:
                self.assertEqual((before["db"][0], after["db"][0]), (case.version, case.version.replace("1", "2")))
                self.assertEqual(after["api"][1], "rotated")
            else:  # a fingerprint of the value, which for the other one is the same
                self.assertNotEqual(before["db"][0], after["db"][0])
                self.assertEqual(before["api"][0], after["api"][0])
        self.for_each_store(body)

    def test_a_token_that_ends_is_asked_for_anew_once(self):
        def body(case):
            self.store.ends_tokens = True
            if case.asks_anew:
                self.planned()
                self.assertEqual(self.store.logins, 2)
                self.assertLessEqual(len(self.asked()), len(case.planned) + 3)  # both reads may have had the old one
            else:
                self.assertIn("HTTP status 401", self.refused(4))
                self.assertIn("no", self.refused(4, "secrets", "check", "local"))
        self.for_each_store(body)

    def test_throttling_is_waited_out_for_as_long_as_the_store_wishes(self):
        def body(case):
            self.internet.faults = [(429, {"message": "slow down"}, {"Retry-After": "1"})]
            self.planned()
            self.assertEqual(len(self.internet.calls), len(case.planned) + 1)
            times = {}
            for call in self.internet.calls:
                times.setdefault(call.name + str(call.query), []).append(call.at)
            [twice] = [at for at in times.values() if len(at) == 2]
            self.assertGreaterEqual(twice[1] - twice[0], 1)
        self.for_each_store(body)

    def test_throttling_without_an_end_is_told(self):
        self.open_case(CASES[3])
        self.internet.always = (429, {"messages": ["slow down"]})
        text = self.refused(1)
        self.assertIn("HTTP status 429: slow down", text)
        self.assertLessEqual(self.internet.count("download"), 8)  # four times for each of two

    def test_who_may_not_read_is_told_what_is_missing(self):
        def body(case):
            self.store.is_denied = True
            for words in (("plan", "local"), ("apply", "local", "--yes"), ("secrets", "check", "local")):
                text = self.refused(4, *words)
                self.assertIn("HTTP status 403", text)
                self.assertIn(case.help, text)
                self.assertRegex(text, r"secret '(db|api)' \(" + re.escape(case.reference.split("@")[0]))
            self.assertFalse((self.project.root / "used").exists())
        self.for_each_store(body)

    def test_a_missing_secret_names_its_source(self):
        def body(case):
            del self.store.values["api"]
            text = self.refused(1)
            self.assertIn(case.missing, text)
            self.assertRegex(text, "secret 'api' ")
            self.assertRegex(self.refused(1, "secrets", "check", "local"), r"db +yes")
        self.for_each_store(body)

    def test_a_slow_store_is_waited_for_and_given_up_with_the_run(self):
        self.open_case(CASES[0])
        self.internet.gate.clear()
        self.addCleanup(self.internet.gate.set)
        result = self.project.run("plan", "local", "--timeout", "1s")
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("secret '", result.stdout + result.stderr)

    def test_the_job_at_github_is_who_all_clouds_and_doppler_believe(self):
        provider = POOL.removeprefix("//iam.googleapis.com/")
        self.use(f"""
  gcp: {{ workload_identity_provider: {provider}, identity: github, service_account: {KEY['client_email']} }}
  azure: {{ tenant_id: t-1, client_id: c-1, identity: github }}
  doppler: {{ identity: github, identity_id: id-1, audience: https://doppler.example.com }}
  aws: {{ region: eu-north-1, identity: github, role_arn: "arn:aws:iam::123456789012:role/deployer" }}""",
                 ["gcp-sm://kodex/db", "azure-kv://kodex/api"], JOB)
        self.project.edit("env_secret: env://LOCAL_SECRET", "doppler: doppler://kodex/prd/DB\n  aws: aws-sm://db")
        self.project.edit('B: "${secrets.api}" }', 'B: "${secrets.api}", C: "${secrets.doppler}", D: "${secrets.aws}" }')
        self.planned()
        self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), f"{SENTINEL}-of-db {SENTINEL}-of-api")
        self.assertEqual(sorted(self.internet.github.asked), sorted(2 * AUDIENCES))
        self.assert_nothing_kept()
        self.project.environment.pop("ACTIONS_ID_TOKEN_REQUEST_URL")
        self.assertIn("permissions: { id-token: write }", self.refused(4))

    def test_a_server_that_nobody_vouches_for_gets_no_credential(self):
        self.open_case(CASES[0])
        del self.project.environment["SSL_CERT_FILE"]
        self.assertIn("certificate", self.refused(1))
        self.assertEqual(self.asked(), [])


if __name__ == "__main__":
    unittest.main()
