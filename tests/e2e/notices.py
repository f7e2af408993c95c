"""`notify:` with the real binary: what each service is told, judged by the vendors' own clients; mail over real servers with
TLS and a login; that nobody who cannot be told fails a run; and that a run which was killed goes on in the same thread."""

import base64
import email
import email.policy
import json
import pathlib
import re
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from vendor_clients import github_api, mail_modules, run_with_clients, sentry_cli

run_with_clients()

# pylint: disable=wrong-import-position
import jsonschema
from grafana_client import GrafanaApi, TokenAuth
from notice_services import TOKEN, NodeMail, Services, mail_server
from project import UNTIL_GO, Project
from quickstart_world import free_port, need
from slack_sdk import WebClient
from slack_sdk.models.blocks import Block
from standardwebhooks import Webhook

HOOK_KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SECRETS = {"HOOK_KEY": HOOK_KEY, "SERVICE_TOKEN": TOKEN}
EVENTS = "[started, approval, succeeded, failed, rolled_back]"

STEPS = """\
version: 1
project: shop
environments:
  production: { hosts: { here: [local] } }
secrets: { hook: "env://HOOK_KEY", token: "env://SERVICE_TOKEN", nowhere: "env://NOWHERE" }
steps:
  motd:
    uses: file.put
    with: { path: "ROOT/motd", content: "CONTENT" }
  last:
    uses: exec.run
    needs: [motd]
    with: { command: [sh, -c, "LAST"], effect: none }
"""

SERVICES = f"""\
notify:
  - {{ uses: webhook.post, with: {{ url: SERVICE/hook, secret: "${{secrets.hook}}" }}, events: {EVENTS} }}
  - {{ uses: slack.message, with: {{ token: "${{secrets.token}}", channel: C0DEPLOYS, api: SERVICE/slack }}, events: {EVENTS} }}
  - uses: github.deployment
    with: {{ repository: acme/shop, token: "${{secrets.token}}", api: SERVICE/gh, environment_url: "https://shop.example.com" }}
    events: {EVENTS}
  - {{ uses: grafana.annotation, with: {{ url: SERVICE/grafana, token: "${{secrets.token}}", tags: [api] }}, events: {EVENTS} }}
  - uses: sentry.release
    with: {{ url: SERVICE, organization: acme, projects: [shop], repository: acme/shop, token: "${{secrets.token}}" }}
    events: {EVENTS}
"""


class Told(unittest.TestCase):
    def open(self, notify, last="true", content="one"):
        self.services = self.enterContext(Services())
        steps = STEPS.replace("LAST", last).replace("CONTENT", content)
        self.project = self.enterContext(Project(steps + notify.replace("SERVICE", self.services.url)))
        self.project.environment.update(SECRETS)
        self.commit = self.project.git_commit("one")

    def apply(self, code=0):
        return self.project.expect(code, "apply", "production", "--yes")

    def check_hooks(self, *types):
        judge = Webhook(HOOK_KEY)
        bodies = []
        for headers, body in self.services.raw("/hook"):
            judge.verify(body.decode(), {name.lower(): value for name, value in headers.items()})
            bodies.append(json.loads(body))
        self.assertEqual([body["type"] for body in bodies], [f"deploy.{name}" for name in types])
        return bodies

    def check_blocks(self):
        for _, _, _, message in self.services.told("/slack/"):
            for block in Block.parse_all(message["blocks"]):
                block.validate_json()
            self.assertLessEqual(len(message["text"]), 4000)

    def check_no_secret(self):
        for _, path, headers, body in self.services.requests:
            for secret in (TOKEN, HOOK_KEY, HOOK_KEY[6:]):
                self.assertNotIn(secret, path + body.decode())
                for name, value in headers.items():
                    if name.lower() != "authorization":
                        self.assertNotIn(secret, value)


class EveryService(Told):
    def test_a_run_that_succeeds(self):
        self.open(SERVICES)
        self.project.expect(0, "plan", "production")
        self.project.expect(0, "apply", "production", "--dry-run")
        self.assertEqual(self.services.requests, [])
        self.apply()
        started, succeeded = self.check_hooks("started", "succeeded")
        self.assertEqual(started["data"]["run"], succeeded["data"]["run"])
        self.assertEqual(succeeded["data"]["commit"], self.commit)
        self.check_slack_thread()
        self.check_github("success")
        self.check_grafana(started["data"]["run"], "succeeded")
        self.check_sentry(started["data"]["run"])
        self.check_no_secret()
        count = len(self.services.requests)
        self.apply()  # nothing to do
        self.assertEqual(len(self.services.requests), count)

    def check_slack_thread(self):
        self.check_blocks()
        paths = [path for _, path, _, _ in self.services.told("/slack/")]
        self.assertEqual(paths, ["/slack/chat.postMessage", "/slack/chat.update", "/slack/chat.postMessage"])
        stamps = list(self.services.messages)
        self.assertIn("is live", self.services.messages[stamps[0]]["text"])
        self.assertEqual(self.services.messages[stamps[1]]["thread_ts"], stamps[0])
        client = WebClient(token=TOKEN, base_url=f"{self.services.url}/slack/")  # the stand-in is one for Slack's own client
        self.assertTrue(client.chat_postMessage(channel="C0DEPLOYS", text="hi", thread_ts=stamps[0])["ok"])

    def check_github(self, *ends):
        deployment, = self.services.deployments.values()
        self.assertEqual(deployment["sha"], self.commit)
        self.assertEqual(deployment["states"], ["in_progress", *ends])
        api = github_api()
        if not api:
            print("no npm: what GitHub is told is not held against GitHub's own description", file=sys.stderr)
        for method, path, headers, body in self.services.told("/gh/"):
            self.assertEqual(headers["X-GitHub-Api-Version"], "2022-11-28")
            if body and len(body.get("description", "")) > 140:
                self.fail(f"too long: {body}")
            if api and method == "POST":
                self.check_described(api, path.removeprefix("/gh"), body)

    def check_described(self, api, path, body):
        for template, place in api["paths"].items():
            if re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", template), path) and "post" in place:
                schema = place["post"]["requestBody"]["content"]["application/json"]["schema"]
                jsonschema.validate(body, {**schema, "components": api["components"], "additionalProperties": False})
                return
        self.fail(f"GitHub has no {path}")

    def check_grafana(self, run, event):
        host = self.services.url.removeprefix("http://")
        client = GrafanaApi(TokenAuth(TOKEN), host=host, url_path_prefix="grafana/", protocol="http")
        annotation, = client.annotations.get_annotation(tags=[f"deployctl-run:{run}"])
        self.assertGreaterEqual(annotation["timeEnd"], annotation["time"])
        self.assertLessEqual({"deployctl", "shop", "production", "api", event}, set(annotation["tags"]))

    def check_sentry(self, run):
        (version, release), = self.services.releases.items()
        self.assertTrue(version.startswith("shop@"))
        self.assertEqual(release["refs"][0]["commit"], self.commit)
        deploy, = release["deploys"]
        self.assertEqual((deploy["name"], deploy["environment"]), (run, "production"))
        self.assertEqual(release["dateReleased"], deploy["dateFinished"])
        program = sentry_cli()
        if not program:
            print("no npm: what Sentry is told is not read by Sentry's own program", file=sys.stderr)
            return
        told = {"SENTRY_URL": self.services.url, "SENTRY_AUTH_TOKEN": TOKEN, "SENTRY_ORG": "acme"}
        listed = subprocess.run([str(program), "deploys", "list", "--release", version], capture_output=True, text=True, check=False,
                                env={**self.project.environment, **told})
        self.assertEqual(listed.returncode, 0, listed.stdout + listed.stderr)
        self.assertIn(run, listed.stdout)

    def test_a_run_that_fails_and_is_taken_back(self):
        self.open(SERVICES, last="echo it is broken >&2; exit 3")
        self.apply(8)
        _, failed = self.check_hooks("started", "rolled_back")
        self.assertIn("exit", failed["data"]["error"])
        self.assertEqual(failed["data"]["where"], "in step 'last'")
        self.check_github("failure")
        reply = list(self.services.messages.values())[-1]
        self.assertTrue(reply["reply_broadcast"])
        self.check_blocks()
        self.assertEqual([release["deploys"] for release in self.services.releases.values()], [[]])
        self.check_no_secret()

    def test_a_run_that_was_killed_goes_on_in_its_thread(self):
        self.open(SERVICES, last=UNTIL_GO)
        process = self.project.start("apply", "production", "--yes")
        deadline = time.monotonic() + 120
        def began():
            return (self.project.root / "started").exists() and len(self.services.annotations) == 1 and \
                self.services.deployments and any(each["states"] for each in self.services.deployments.values()) and \
                self.services.releases and self.services.raw("/hook") and self.is_kept(b"C0DEPLOYS 17")
        while not began():
            self.assertLess(time.monotonic(), deadline, "the run did not begin")
            self.assertIsNone(process.poll())
            time.sleep(0.05)
        process.kill()
        process.communicate()
        (self.project.root / "go").touch()
        self.project.expect(0, "resume")
        self.check_hooks("started", "succeeded")
        self.check_github("success")
        self.assertEqual(len(self.services.annotations), 1)
        self.assertEqual(len(self.services.releases), 1)
        first = next(iter(self.services.messages.values()))
        self.assertIn("is live", first["text"])
        log = self.project.expect(0, "logs", "last").stdout
        self.assertEqual(log.count("webhook.post is told 'started'"), 1)
        self.assertRegex(log, r"slack\.message calls its message C0DEPLOYS 17\d+")

    def is_kept(self, name):
        """Whether what a receiver calls its message is durable: only then can a later process go on from it."""
        return any(name in path.read_bytes() for path in (self.project.place / ".deployctl/runs").glob("*.journal"))


class Unreachable(Told):
    def test_who_cannot_be_told_fails_nothing_and_is_named(self):
        port = free_port()
        self.open(f"""\
notify:
  - {{ uses: webhook.post, with: {{ url: "http://127.0.0.1:{port}/" }} }}
  - {{ uses: slack.message, with: {{ token: "${{secrets.hook}}", channel: C1, api: SERVICE/slack }} }}
  - {{ uses: sentry.release, with: {{ organization: acme, projects: [a], token: "${{secrets.nowhere}}" }} }}
""")
        result = self.apply()
        said = result.stdout + result.stderr
        self.assertIn("webhook.post: could not tell 'succeeded'", said)
        self.assertIn("slack.message: could not tell 'succeeded': slack: invalid_auth", said)
        self.assertIn("sentry.release: could not tell 'succeeded'", said)
        self.assertNotIn(HOOK_KEY, said)


class Mail(Told):
    def mailed(self, port, more="", code=0):
        self.open(f"""\
notify:
  - uses: email.send
    with:
      server: "127.0.0.1:{port}"
      user: deploy
      password: "${{secrets.token}}"
      from: "Größe & Co <deploy@example.com>"
      to: [ops@example.com, "Zoë <zoe@example.com>"]
      timeout: 20s
      messages: {{ succeeded: "Größe ${{event.version}} ist live" }}
      {more}
""")
        return self.apply(code)

    def server(self, tls="starttls"):
        self.certificates = self.enterContext(Project()).folder
        return self.enterContext(mail_server(self.certificates, tls))

    def check_mail(self, inbox):
        (sender, to, content), = inbox.mails
        self.check_content(sender, to, content)

    def check_content(self, sender, to, content):
        self.assertEqual((sender, to), ("deploy@example.com", ["ops@example.com", "zoe@example.com"]))
        mail = email.message_from_bytes(content, policy=email.policy.default)
        self.assertEqual(mail.defects, [])
        self.assertIn("Größe ", mail["Subject"])
        self.assertEqual(mail["To"].addresses[1].display_name, "Zoë")
        self.assertEqual(mail["From"].addresses[0].display_name, "Größe & Co")
        self.assertEqual(mail["Auto-Submitted"], "auto-generated")
        self.assertIn("Commit:", mail.get_content())

    def test_a_mail_over_starttls_and_a_login(self):
        port, inbox = self.server()
        result = self.mailed(port, f"ca_file: {self.certificates}/mail.pem")
        self.assertIn("email.send: told 'succeeded'", result.stdout + result.stderr)
        self.check_mail(inbox)

    def test_a_mail_over_tls_from_the_first_byte(self):
        port, inbox = self.server("implicit")
        self.mailed(port, f"tls: implicit\n      ca_file: {self.certificates}/mail.pem")
        self.check_mail(inbox)

    def test_another_make_of_server_and_every_usual_login(self):
        modules = mail_modules()
        if not modules:
            self.skipTest("no npm: mail goes to servers of one make only")
        self.certificates = self.enterContext(Project()).folder
        trust = f"ca_file: {self.certificates}/mail.pem"
        for tls, method in (("starttls", "PLAIN"), ("starttls", "LOGIN"), ("starttls", "CRAM-MD5"), ("implicit", "PLAIN")):
            with self.subTest(tls=tls, method=method), NodeMail(modules, self.certificates, tls, method) as server:
                said = self.mailed(server.port, f"tls: {tls}\n      {trust}").stderr
                self.assertNotIn("could not tell", said)
                login, mail = server.close()
                self.assertEqual(login, {"login": method, "secure": True})
                self.check_content(mail["from"], mail["to"], base64.b64decode(mail["mail"]))

    def test_a_server_that_is_not_trusted_or_does_not_encrypt_gets_nothing(self):
        port, inbox = self.server()
        said = self.mailed(port).stderr
        self.assertIn("email.send: could not tell 'succeeded'", said)
        port, plain = self.server("none")
        said = self.mailed(port).stderr
        self.assertIn("does not offer STARTTLS", said)
        self.assertEqual(inbox.mails + plain.mails, [])

    def test_a_wrong_password_and_a_recipient_who_is_gone(self):
        port, inbox = self.server()
        trust = f"ca_file: {self.certificates}/mail.pem"
        self.mailed(port, trust)
        self.project.environment["SERVICE_TOKEN"] = "quite another password"
        self.project.edit('content: "one"', 'content: "two"')
        said = self.apply().stderr
        self.assertIn("535", said)
        self.assertNotIn("quite another password", said)
        self.project.environment["SERVICE_TOKEN"] = TOKEN
        self.project.edit('content: "two"', 'content: "three"')
        self.project.edit("ops@example.com", "gone@example.com")
        said = self.apply().stderr
        self.assertIn("refused 1 of 2 recipients: 550 5.1.1 no such user", said)
        self.assertEqual([to for _, to, _ in inbox.mails],
                         [["ops@example.com", "zoe@example.com"], ["zoe@example.com"]])


if __name__ == "__main__":
    need("openssl", "git")
    unittest.main(verbosity=2)
