"""Secrets of AWS through the binary, against a strict server: it computes every signature anew by its own code, refuses what
does not fit, and has faults on demand."""

import contextlib
import hashlib
import hmac
import http.server
import json
import re
import threading
import unittest

from project import Project

ACCESS_KEY, SECRET_KEY = "AKIDSERVER", "sentinel-secret-key/+="
VALUES = {"prod/db": json.dumps({"user": "application", "password": "S3ntinel-password"}), "/prod/token": "S3ntinel-token"}
PIPELINE = """\
version: 1
project: hello
secrets:
  password: aws-sm://prod/db#password
  token: aws-ssm:///prod/token?provider=aws.other
providers:
  aws: { region: eu-north-1, endpoint_url: "${ENDPOINT}" }
  aws.other: { region: us-east-1, endpoint_url: "${ENDPOINT}" }
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with:
      script: |
        printf '%s %s' "$PASSWORD" "$TOKEN" > ROOT/used
        printf '%s\\n' "$PASSWORD" "$TOKEN"
      env: { PASSWORD: "${secrets.password}", TOKEN: "${secrets.token}" }
"""


def keyed(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256)


def signature_of(request, body, authorization):
    """What the signature should be, by the rules of Signature Version 4 for a POST to the root."""
    scope, names = authorization["Credential"].split("/", 1)[1], authorization["SignedHeaders"]
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names.split(";"))
    canonical = "\n".join([request.command, request.path, "", headers, names, hashlib.sha256(body).hexdigest()])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["X-Amz-Date"], scope, digest])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = keyed(key, part).digest()
    return keyed(key, text).hexdigest()


class Service(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        world = self.server.world
        body = self.rfile.read(int(self.headers["Content-Length"]))
        operation = self.headers.get("X-Amz-Target", "").partition(".")[2]
        with world.lock:
            world.asked.append(operation)
            world.bodies.append(json.loads(body))
            fault = world.faults.pop(0) if world.faults else world.always
        problem = self.problem(body) or fault
        if problem == "hang up":
            self.close_connection = True
            return
        status, answer = (400, {"__type": problem, "message": "as told"}) if problem else self.answer(
            operation, json.loads(body))
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", "request-4711")
        self.end_headers()
        self.wfile.write(data)

    def problem(self, body):
        header = self.headers.get("Authorization", "")
        if not header.startswith("AWS4-HMAC-SHA256 "):
            return "MissingAuthenticationTokenException"
        parts = dict(part.split("=", 1) for part in header.split(" ", 1)[1].split(", "))
        key, date, _, service, end = parts["Credential"].split("/")
        target = self.headers["X-Amz-Target"].split(".")[0]
        if key != ACCESS_KEY:
            return "UnrecognizedClientException"
        if self.headers["Content-Type"] != "application/x-amz-json-1.1" or end != "aws4_request":
            return "SerializationException"
        if {"secretsmanager": "secretsmanager", "AmazonSSM": "ssm"}[target] != service:
            return "InvalidSignatureException"
        if not re.fullmatch(date + r"T\d{6}Z", self.headers["X-Amz-Date"]):
            return "InvalidSignatureException"
        return None if parts["Signature"] == signature_of(self, body, parts) else "InvalidSignatureException"

    def answer(self, operation, given):
        world = self.server.world
        if operation == "GetParameters":
            known = [name for name in given["Names"] if name in world.values]
            shown = (lambda name: world.values[name]) if given["WithDecryption"] else (lambda _: "sealed")
            return 200, {"Parameters": [{"Name": name, "Type": "SecureString", "Value": shown(name), "Version": world.version,
                                         "LastModifiedDate": 1772366400.5} for name in known],
                         "InvalidParameters": [name for name in given["Names"] if name not in known]}
        name = given["SecretId"]
        if name not in world.values:
            return 400, {"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."}
        if operation == "DescribeSecret":
            return 200, {"Name": name, "VersionIdsToStages": {f"version-{world.version}": ["AWSCURRENT"]}}
        return 200, {"Name": name, "VersionId": f"version-{world.version}", "SecretString": world.values[name]}

    def log_message(self, *_):
        pass


class World:
    def __init__(self):
        self.lock = threading.Lock()
        self.values, self.version = dict(VALUES), 1
        self.asked, self.bodies, self.faults, self.always = [], [], [], None
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
        self.server.world = self
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def environment(self):
        return {"ENDPOINT": f"http://127.0.0.1:{self.server.server_port}", "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_EC2_METADATA_DISABLED": "true"}


class AwsSecrets(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        self.project = self.stack.enter_context(Project(PIPELINE))
        self.world = World()
        self.stack.callback(self.world.close)
        self.project.environment.update(self.world.environment())

    def plan(self):
        secrets = self.project.document(0, "plan", "local")["content"]["secrets"]
        return {secret["name"]: (secret["version"], secret["change"]) for secret in secrets}

    def told(self):
        result = self.project.run("plan", "local")
        self.assertNotEqual(result.returncode, 0, result.stdout)
        return result.stdout + result.stderr

    def test_a_plan_reads_versions_and_no_values_and_an_apply_uses_them(self):
        self.assertEqual(self.plan(), {"password": ("version-1", "new"), "token": ("1@1772366401", "new")})
        self.assertEqual(sorted(self.world.asked), ["DescribeSecret", "GetParameters"])
        self.assertFalse(any(body.get("WithDecryption") for body in self.world.bodies))
        result = self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password S3ntinel-token")
        self.assertIn("[secret:password]", result.stdout + result.stderr)
        self.assertIn("GetSecretValue", self.world.asked)
        for path in self.project.folder.rglob("*"):
            if path.is_file() and path.name != "used":
                self.assertNotIn(b"S3ntinel", path.read_bytes(), path)
                self.assertNotIn(SECRET_KEY.encode(), path.read_bytes(), path)
        self.project.expect(0, "plan", "local", "--detailed-exitcode")

    def test_a_rotated_secret_makes_a_plan(self):
        self.project.expect(0, "apply", "local", "--yes")
        self.project.expect(0, "plan", "local", "--detailed-exitcode")
        self.world.version = 2
        self.assertEqual(self.plan(), {"password": ("version-2", "rotated"), "token": ("2@1772366401", "rotated")})

    def test_faults_that_pass_are_waited_out(self):
        self.world.faults = ["ThrottlingException", "InternalServerError", "hang up"]
        self.plan()
        self.assertEqual(len(self.world.asked), 5)

    def test_faults_that_stay_are_told_with_their_secret(self):
        for fault, words in (
                ("AccessDeniedException", ["aws-sm://prod/db#password", "AccessDeniedException: as told", "request-4711"]),
                ("ExpiredTokenException", ["ExpiredTokenException: as told", "sign in again"]),
                ("UnrecognizedClientException", ["UnrecognizedClientException: as told"]),
                ("DecryptionFailure", ["DecryptionFailure: as told"])):
            with self.subTest(fault):
                self.world.always = fault
                text = self.told()
                for word in words:
                    self.assertIn(word, text)
                self.assertNotIn("S3ntinel", text)

    def test_a_missing_secret_or_member_names_its_source(self):
        self.world.values = {"/prod/token": "S3ntinel-token"}
        self.assertIn("secret 'password' (aws-sm://prod/db#password): Secrets Manager has no such secret in eu-north-1",
                      self.told())
        self.world.values = {"prod/db": json.dumps({"user": "application"}), "/prod/token": "S3ntinel-token"}
        result = self.project.run("apply", "local", "--yes")
        self.assertIn("secret 'password' (aws-sm://prod/db#password): it has nothing at '#password'",
                      result.stdout + result.stderr)
        self.assertFalse((self.project.root / "used").exists())

    def test_a_wrong_key_is_refused_by_the_service(self):
        self.project.environment["AWS_SECRET_ACCESS_KEY"] = "another-secret-key"
        self.assertIn("InvalidSignatureException", self.told())

    def test_a_rehearsal_and_a_check_of_the_file_ask_nobody(self):
        self.project.expect(0, "validate")
        self.project.run("rehearse", "local")
        self.assertEqual(self.world.asked, [])

    def test_without_credentials_every_place_that_was_looked_at_is_told(self):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del self.project.environment[name]
        text = self.told()
        self.assertIn("no credentials for AWS were found", text)
        self.assertIn("container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set", text)
        self.assertEqual(self.world.asked, [])


if __name__ == "__main__":
    unittest.main()
