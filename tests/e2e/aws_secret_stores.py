"""Secrets Manager, the Parameter Store and STS of a moto server that checks every signature, through the real binary."""

import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from moto_server import moto

POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "*", "Action": [
    "secretsmanager:*", "ssm:*", "sts:*"]}]}
TRUST = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {
    "AWS": "arn:aws:iam::123456789012:user/deployer"}}]}
SETUP = """
import json
iam = boto3.client("iam")
iam.create_user(UserName="deployer")
arn = iam.create_policy(PolicyName="stores", PolicyDocument=%r)["Policy"]["Arn"]
iam.attach_user_policy(UserName="deployer", PolicyArn=arn)
role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=%r)["Role"]["Arn"]
iam.attach_role_policy(RoleName="reader", PolicyArn=arn)
key = iam.create_access_key(UserName="deployer")["AccessKey"]
manager, parameters = boto3.client("secretsmanager"), boto3.client("ssm")
manager.create_secret(Name="prod/db", SecretString=json.dumps({"user": "application", "password": "S3ntinel-of-db"}))
manager.create_secret(Name="prod/token", SecretString="S3ntinel-of-token")
manager.create_secret(Name="prod/binary", SecretBinary=b"S3ntinel-binary")
for number in range(12):
    parameters.put_parameter(Name=f"/prod/p{number}", Value=f"S3ntinel-parameter-{number}", Type="SecureString")
print(json.dumps({"id": key["AccessKeyId"], "secret": key["SecretAccessKey"], "role": role}))
"""
PIPELINE = """\
version: 1
project: hello
secrets:
  password: aws-sm://prod/db#password
  token: aws-sm://prod/token
  binary: aws-sm://prod/binary
PARAMETERS
providers:
  aws: { region: eu-north-1, endpoint_url: "${ENDPOINT}", account: "123456789012"ROLE }
environments:
  local: {}
steps:
  use:
    uses: exec.run
    with:
      script: env | grep ^S_ | sort > used
      env: { S_PASSWORD: "${secrets.password}", S_TOKEN: "${secrets.token}", S_BINARY: "${secrets.binary}"USES }
"""


class AwsSecretStores(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        server = moto()
        cls.moto = server.__enter__()
        cls.addClassCleanup(server.__exit__, None, None, None)
        cls.keys = json.loads(cls.moto.boto(SETUP % (json.dumps(POLICY), json.dumps(TRUST))))
        cls.moto.post("/moto-api/reset-auth", b"0")  # from here on every signature and permission is checked
        cls.addClassCleanup(cls.moto.post, "/moto-api/reset-auth", b"Infinity")

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="deployctl-aws-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder / "home"), "ENDPOINT": self.moto.url,
                            "AWS_ACCESS_KEY_ID": self.keys["id"], "AWS_SECRET_ACCESS_KEY": self.keys["secret"],
                            "AWS_EC2_METADATA_DISABLED": "true"}
        self.write()

    def write(self, role=""):
        text = PIPELINE.replace("PARAMETERS", "\n".join(f"  p{n}: aws-ssm:///prod/p{n}" for n in range(12)))
        text = text.replace("ROLE", role).replace("USES", "".join(f', S_P{n}: "${{secrets.p{n}}}"' for n in range(12)))
        (self.folder / "deploy.yaml").write_text(text)

    def run_deployctl(self, *words):
        return subprocess.run([os.environ["DEPLOYCTL"], "-C", str(self.folder), *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=120, env=self.environment)

    def apply(self):
        result = self.run_deployctl("apply", "local", "--yes")
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        values = dict(line.split("=", 1) for line in (self.folder / "used").read_text().splitlines())
        self.assertEqual(values, {"S_PASSWORD": "S3ntinel-of-db", "S_TOKEN": "S3ntinel-of-token",
                                  "S_BINARY": "S3ntinel-binary",
                                  **{f"S_P{n}": f"S3ntinel-parameter-{n}" for n in range(12)}})
        self.assertNotIn("S3ntinel", result.stdout + result.stderr)

    def test_fifteen_secrets_of_two_stores(self):
        self.apply()
        again = self.run_deployctl("plan", "local", "--detailed-exitcode")
        self.assertEqual(again.returncode, 0, again.stdout + again.stderr)

    def test_with_a_profile_and_its_role(self):
        (self.folder / "home" / ".aws").mkdir(parents=True)
        (self.folder / "home" / ".aws" / "config").write_text(
            f"[profile reader]\nrole_arn = {self.keys['role']}\nsource_profile = base\n[profile base]\n"
            f"aws_access_key_id = {self.keys['id']}\naws_secret_access_key = {self.keys['secret']}\n")
        del self.environment["AWS_ACCESS_KEY_ID"], self.environment["AWS_SECRET_ACCESS_KEY"]
        self.environment["AWS_PROFILE"] = "reader"
        self.apply()

    def test_with_a_role_of_the_pipeline(self):
        self.write(f', role_arn: "{self.keys["role"]}", session_name: from-the-pipeline')
        self.apply()

    def test_a_wrong_secret_key_is_refused(self):
        self.environment["AWS_SECRET_ACCESS_KEY"] = "another-secret-key"
        result = self.run_deployctl("plan", "local")
        self.assertEqual(result.returncode, 4, result.stdout)
        self.assertRegex(result.stdout + result.stderr, "SignatureDoesNotMatch|InvalidSignatureException")

    def test_another_account_is_refused(self):
        path = self.folder / "deploy.yaml"
        path.write_text(path.read_text().replace("123456789012", "999999999999"))
        result = self.run_deployctl("plan", "local")
        self.assertEqual(result.returncode, 4, result.stdout)
        self.assertIn("the credentials belong to account '123456789012', not to '999999999999'",
                      result.stdout + result.stderr)

    def test_a_deleted_secret_names_itself(self):
        signed = {"AWS_ACCESS_KEY_ID": self.keys["id"], "AWS_SECRET_ACCESS_KEY": self.keys["secret"]}
        self.moto.boto("boto3.client('ssm').put_parameter(Name='/gone', Value='S3ntinel-gone', Type='String')", **signed)
        path = self.folder / "deploy.yaml"
        path.write_text(path.read_text().replace("/prod/p3", "/gone"))
        self.assertEqual(self.run_deployctl("plan", "local").returncode, 0)
        self.moto.boto("boto3.client('ssm').delete_parameter(Name='/gone')", **signed)
        result = self.run_deployctl("plan", "local")
        self.assertEqual(result.returncode, 1, result.stdout)
        self.assertIn("secret 'p3' (aws-ssm:///gone): the Parameter Store has no such parameter in eu-north-1",
                      result.stdout + result.stderr)


if __name__ == "__main__":
    unittest.main()
