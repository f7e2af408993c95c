"""Secrets of AWS through the binary, against a strict server: it computes every signature anew by its own code, refuses what
does not fit, and has faults on demand."""

import hashlib
import hmac
import json
import re
import unittest

from store_servers import HANG_UP, Service, StoreCase, StoreServer

ACCESS_KEY, SECRET_KEY = "AKIDSERVER", "S3ntinel-secret-key/+="
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


def signature_of(call, authorization):
    """What the signature should be, by the rules of Signature Version 4 for a POST to the root."""
    scope, names = authorization["Credential"].split("/", 1)[1], authorization["SignedHeaders"]
    headers = "".join(f"{name}:{' '.join(call.headers[name].split())}\n" for name in names.split(";"))
    canonical = "\n".join([call.method, call.path, "", headers, names, hashlib.sha256(call.body).hexdigest()])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", call.headers["X-Amz-Date"], scope, digest])
    key = f"AWS4{SECRET_KEY}".encode()
    for part in scope.split("/"):
        key = keyed(key, part).digest()
    return keyed(key, text).hexdigest()


def told_as(code):
    return 400, {"__type": code, "message": "as told"}, {"x-amzn-RequestId": "request-4711"}


class Aws(Service):
    def __init__(self):
        super().__init__()
        self.values, self.version = dict(VALUES), 1

    def operations(self):
        return [call.headers["X-Amz-Target"].partition(".")[2] for call in self.calls]

    def problem(self, call):
        header = call.headers.get("Authorization", "")
        if not header.startswith("AWS4-HMAC-SHA256 "):
            return "MissingAuthenticationTokenException"
        parts = dict(part.split("=", 1) for part in header.split(" ", 1)[1].split(", "))
        key, date, _, service, end = parts["Credential"].split("/")
        target = call.headers["X-Amz-Target"].split(".")[0]
        if key != ACCESS_KEY:
            return "UnrecognizedClientException"
        if call.headers["Content-Type"] != "application/x-amz-json-1.1" or end != "aws4_request":
            return "SerializationException"
        if {"secretsmanager": "secretsmanager", "AmazonSSM": "ssm"}[target] != service:
            return "InvalidSignatureException"
        if not re.fullmatch(date + r"T\d{6}Z", call.headers["X-Amz-Date"]):
            return "InvalidSignatureException"
        return None if parts["Signature"] == signature_of(call, parts) else "InvalidSignatureException"

    def answer(self, call):
        if problem := self.problem(call):
            return told_as(problem)
        operation, given = call.headers["X-Amz-Target"].partition(".")[2], call.json()
        if operation == "GetParameters":
            known = [name for name in given["Names"] if name in self.values]
            shown = (lambda name: self.values[name]) if given["WithDecryption"] else (lambda _: "sealed")
            return 200, {"Parameters": [{"Name": name, "Type": "SecureString", "Value": shown(name), "Version": self.version,
                                         "LastModifiedDate": 1772366400.5} for name in known],
                         "InvalidParameters": [name for name in given["Names"] if name not in known]}
        name = given["SecretId"]
        if name not in self.values:
            return 400, {"__type": "ResourceNotFoundException", "Message": "Secrets Manager can't find the specified secret."}
        if operation == "DescribeSecret":
            return 200, {"Name": name, "VersionIdsToStages": {f"version-{self.version}": ["AWSCURRENT"]}}
        return 200, {"Name": name, "VersionId": f"version-{self.version}", "SecretString": self.values[name]}


class AwsSecrets(StoreCase):
    def setUp(self):
        self.open_project(PIPELINE)
        self.aws = Aws()
        server = self.enterContext(StoreServer(self.aws))
        self.project.environment.update({"ENDPOINT": server.url, "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                                         "AWS_SECRET_ACCESS_KEY": SECRET_KEY, "AWS_EC2_METADATA_DISABLED": "true"})

    def test_a_plan_reads_versions_and_no_values_and_an_apply_uses_them(self):
        self.assertEqual(self.planned(), {"password": ("version-1", "new"), "token": ("1@1772366401", "new")})
        self.assertEqual(sorted(self.aws.operations()), ["DescribeSecret", "GetParameters"])
        self.assertFalse(any(call.json().get("WithDecryption") for call in self.aws.calls))
        result = self.project.expect(0, "apply", "local", "--yes")
        self.assertEqual((self.project.root / "used").read_text(), "S3ntinel-password S3ntinel-token")
        self.assertIn("[secret:password]", result.stdout + result.stderr)
        self.assertIn("GetSecretValue", self.aws.operations())
        self.assert_nothing_kept()
        self.project.expect(0, "plan", "local", "--detailed-exitcode")

    def test_a_rotated_secret_makes_a_plan(self):
        self.project.expect(0, "apply", "local", "--yes")
        self.project.expect(0, "plan", "local", "--detailed-exitcode")
        self.aws.version = 2
        self.assertEqual(self.planned(), {"password": ("version-2", "rotated"), "token": ("2@1772366401", "rotated")})

    def test_faults_that_pass_are_waited_out(self):
        self.aws.faults = [told_as("ThrottlingException"), told_as("InternalServerError"), HANG_UP]
        self.planned()
        self.assertEqual(len(self.aws.calls), 5)

    def test_faults_that_stay_are_told_with_their_secret(self):
        for code, fault, words in (
                (4, "AccessDeniedException", ["aws-sm://prod/db#password", "AccessDeniedException: as told", "request-4711"]),
                (4, "ExpiredTokenException", ["ExpiredTokenException: as told", "sign in again"]),
                (4, "UnrecognizedClientException", ["UnrecognizedClientException: as told"]),
                (4, "DecryptionFailure", ["DecryptionFailure: as told"])):
            with self.subTest(fault):
                self.aws.always = told_as(fault)
                text = self.refused(code)
                for word in words:
                    self.assertIn(word, text)

    def test_a_missing_secret_or_member_names_its_source(self):
        self.aws.values = {"/prod/token": "S3ntinel-token"}
        self.assertIn("secret 'password' (aws-sm://prod/db#password): Secrets Manager has no such secret in eu-north-1",
                      self.refused(1))
        self.aws.values = {"prod/db": json.dumps({"user": "application"}), "/prod/token": "S3ntinel-token"}
        self.assertIn("secret 'password' (aws-sm://prod/db#password): it has nothing at '#password'",
                      self.refused(1, "apply", "local", "--yes"))
        self.assertFalse((self.project.root / "used").exists())

    def test_a_wrong_key_is_refused_by_the_service(self):
        self.project.environment["AWS_SECRET_ACCESS_KEY"] = "another-secret-key"
        self.assertIn("InvalidSignatureException", self.refused(4))

    def test_a_rehearsal_and_a_check_of_the_file_ask_nobody(self):
        self.project.expect(0, "validate")
        self.project.run("rehearse", "local")
        self.assertEqual(self.aws.calls, [])

    def test_without_credentials_every_place_that_was_looked_at_is_told(self):
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            del self.project.environment[name]
        text = self.refused(4)
        self.assertIn("no credentials for AWS were found", text)
        self.assertIn("container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not set", text)
        self.assertEqual(self.aws.calls, [])


if __name__ == "__main__":
    unittest.main()
