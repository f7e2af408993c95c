"""Google, Azure, 1Password Connect, Doppler, AWS and GitHub as strict scripted services on one internet. Each keeps two secrets,
'db' and 'api', gives tokens to who proves itself, and answers everyone else as the real one does."""

import base64
import json
import pathlib
import re
import subprocess
import tempfile
import unittest

from store_servers import SENTINEL, Service, StoreServer, make_certificates, server_context

KEY = {"client_email": "deployer@kodex.iam.gserviceaccount.com", "private_key_id": "key-1",
       "token_uri": "https://oauth2.googleapis.com/token", "type": "service_account"}
POOL = "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github"
AUDIENCES = ("https:" + POOL, "api://AzureADTokenExchange", "https://doppler.example.com", "sts.amazonaws.com")


def crc32c(data):
    table = []
    for n in range(256):
        for _ in range(8):
            n = n >> 1 ^ (0x82F63B78 if n & 1 else 0)
        table.append(n)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = table[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Store:
    """One service of the internet. `call` is the part of an answer that needs a token."""

    hosts = ()
    denied = (403, {"error": {"message": "as told"}})
    unknown = (401, {"error": {"message": "no good token"}})

    def __init__(self):
        self.values = {"db": f"{SENTINEL}-of-db", "api": f"{SENTINEL}-of-api"}
        self.version, self.tokens, self.logins = 1, set(), 0
        self.is_denied = self.ends_tokens = False

    def new_token(self):
        self.logins += 1
        self.tokens.add(f"{SENTINEL}-token-{self.logins}")
        return f"{SENTINEL}-token-{self.logins}"

    def guarded(self, call):
        """The answer to who shows a token."""
        if self.ends_tokens:  # all that were given until now
            self.ends_tokens = False
            self.tokens.clear()
        if call.headers["Authorization"] not in {f"Bearer {token}" for token in self.tokens}:
            return self.unknown
        return self.denied if self.is_denied else self.read(call)

    def read(self, call):
        raise NotImplementedError


class GitHub:
    hosts = ("actions.example.com",)

    def __init__(self):
        self.asked = []

    def answer(self, call):
        if call.headers["Authorization"] != f"Bearer {SENTINEL}-request-token" or call.query.get("audience") not in AUDIENCES:
            return 401, {"message": "no such job"}
        self.asked.append(call.query["audience"])
        return 200, {"value": f"{SENTINEL}-of-job-for-{call.query['audience']}"}


def is_job(token, audience):
    return token == f"{SENTINEL}-of-job-for-{audience}"


class Google(Store):
    hosts = ("oauth2.googleapis.com", "sts.googleapis.com", "iamcredentials.googleapis.com", "secretmanager.googleapis.com")
    denied = (403, {"error": {"code": 403, "message": "Permission 'secretmanager.versions.get' denied", "status": "PERMISSION_DENIED"}})
    unknown = (401, {"error": {"code": 401, "message": "no good token", "status": "UNAUTHENTICATED"}})

    def __init__(self, folder):
        super().__init__()
        self.public_key = folder / "google.pub"

    @staticmethod
    def make_key(folder):
        """Of the service account, as a file of Google's."""
        private_key = folder / "google.key"
        subprocess.run(["openssl", "genrsa", "-out", private_key, "2048"], check=True, capture_output=True)
        subprocess.run(["openssl", "rsa", "-in", private_key, "-pubout", "-out", folder / "google.pub"], check=True,
                       capture_output=True)
        (folder / "google.json").write_text(json.dumps({**KEY, "private_key": private_key.read_text()}))

    def signed(self, assertion):
        head, claims, signature = assertion.split(".")
        with tempfile.NamedTemporaryFile() as file:
            file.write(decoded(signature))
            file.flush()
            done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", self.public_key, "-signature", file.name],
                                  input=f"{head}.{claims}".encode(), capture_output=True, check=False)
        told = json.loads(decoded(claims))
        return (done.returncode == 0 and json.loads(decoded(head)) == {"alg": "RS256", "kid": "key-1", "typ": "JWT"}
                and told["iss"] == KEY["client_email"] and told["aud"] == KEY["token_uri"] and told["exp"] - told["iat"] <= 3600
                and told["scope"] == "https://www.googleapis.com/auth/cloud-platform")

    def answer(self, call):
        if call.host == "secretmanager.googleapis.com":
            return self.guarded(call)
        if call.host == "iamcredentials.googleapis.com":
            fits = (call.headers["Authorization"] == f"Bearer {SENTINEL}-federated"
                    and call.path == f"/v1/projects/-/serviceAccounts/{KEY['client_email']}:generateAccessToken")
            return (200, {"accessToken": self.new_token(), "expireTime": "2126-01-01T00:00:00Z"}) if fits else self.denied
        form = call.form()
        if call.host == "sts.googleapis.com":
            fits = form["audience"] == POOL and is_job(form["subject_token"], "https:" + POOL)
            return (200, {"access_token": f"{SENTINEL}-federated", "expires_in": 3599, "token_type": "Bearer"}) if fits else (
                400, {"error": "invalid_grant", "error_description": "as told"})
        if form["grant_type"] != "urn:ietf:params:oauth:grant-type:jwt-bearer" or not self.signed(form["assertion"]):
            return 400, {"error": "invalid_grant", "error_description": "Invalid JWT Signature."}
        return 200, {"access_token": self.new_token(), "expires_in": 3599, "token_type": "Bearer"}

    def read(self, call):
        asked = re.fullmatch(r"/v1/projects/kodex/secrets/(\w+)/versions/latest(:access)?", call.path)
        if not asked or asked[1] not in self.values:
            return 404, {"error": {"code": 404, "message": "Secret not found", "status": "NOT_FOUND"}}
        name = f"projects/1/secrets/{asked[1]}/versions/{self.version}"
        if not asked[2]:
            return 200, {"name": name, "state": "ENABLED", "createTime": "2026-03-01T10:00:00Z", "etag": '"1"'}
        value = self.values[asked[1]].encode()
        return 200, {"name": name, "payload": {"data": base64.b64encode(value).decode(), "dataCrc32c": str(crc32c(value))}}


class Azure(Store):
    hosts = ("login.microsoftonline.com", "kodex.vault.azure.net")
    denied = (403, {"error": {"code": "Forbidden", "message": "Caller is not authorized"}})
    unknown = (401, {"error": {"code": "Unauthorized", "message": "no good token"}},
               {"WWW-Authenticate": 'Bearer authorization="https://login.microsoftonline.com/t-1", resource="https://vault.azure.net"'})

    def answer(self, call):
        if call.host == "kodex.vault.azure.net":
            return self.guarded(call)
        form = call.form()
        proven = form.get("client_secret") == f"{SENTINEL}-client" or (
            form.get("client_assertion_type") == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            and is_job(form.get("client_assertion"), "api://AzureADTokenExchange"))
        if not proven or call.path != "/t-1/oauth2/v2.0/token" or form["scope"] != "https://vault.azure.net/.default":
            return 401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret."}
        return 200, {"token_type": "Bearer", "access_token": self.new_token(), "expires_in": 3599}

    def read(self, call):
        asked = re.fullmatch(r"/secrets/([\w-]+)(/versions)?/?", call.path)
        if not asked or asked[1] not in self.values or call.query.get("api-version") != "7.4":
            return 404, {"error": {"code": "SecretNotFound", "message": "was not found in this key vault"}}
        ids = [f"https://kodex.vault.azure.net/secrets/{asked[1]}/version{n}" for n in range(1, self.version + 1)]
        if not asked[2]:
            return 200, {"value": self.values[asked[1]], "id": ids[-1], "attributes": {"enabled": True}}
        return 200, {"value": [{"id": id, "attributes": {"enabled": True, "created": 1772366400 + n}} for n, id in enumerate(ids)],
                     "nextLink": None}


TEAM = "team" + 22 * "a"  # ids have 26 characters


def item_id(name):
    return name + (26 - len(name)) * "i"


class Connect(Store):
    hosts = ("connect.example.com",)
    denied = (403, {"status": 403, "message": "Authorization token does not have access to this vault"})
    unknown = (401, {"status": 401, "message": "Invalid token signature"})

    def __init__(self):
        super().__init__()
        self.tokens.add(f"{SENTINEL}-connect")

    def answer(self, call):
        return self.guarded(call)

    def read(self, call):
        title = re.fullmatch(r'(?:title|name) eq "(.*)"', call.query.get("filter", ""))
        if call.path == "/v1/vaults" and title:
            return 200, [{"id": TEAM, "name": "Team"}] if title[1] == "Team" else []
        if call.path == f"/v1/vaults/{TEAM}/items" and title:
            return 200, [self.summary(title[1])] if title[1] in self.values else []
        for name, value in self.values.items():
            if call.path == f"/v1/vaults/{TEAM}/items/{item_id(name)}":
                return 200, {**self.summary(name), "fields": [
                    {"id": "password", "label": "password", "type": "CONCEALED", "purpose": "PASSWORD", "value": value},
                    {"id": "username", "label": "username", "type": "STRING", "purpose": "USERNAME", "value": f"{SENTINEL}-user"}]}
        return 404, {"status": 404, "message": "vault item not found"}

    def summary(self, name):
        return {"id": item_id(name), "title": name, "version": self.version, "category": "LOGIN", "vault": {"id": TEAM}}


class Doppler(Store):
    hosts = ("api.doppler.com",)
    denied = (403, {"messages": ["Your token does not have access to this config"], "success": False})
    unknown = (401, {"messages": ["Invalid Auth token"], "success": False})

    def __init__(self):
        super().__init__()
        self.tokens.add(f"{SENTINEL}-doppler")

    def answer(self, call):
        if call.path != "/v3/auth/oidc":
            return self.guarded(call)
        if call.json().get("identity") != "id-1" or not is_job(call.json().get("token"), "https://doppler.example.com"):
            return self.unknown
        return 200, {"success": True, "token": self.new_token(), "expires_at": "2126-01-01T00:00:00Z"}

    def read(self, call):
        if call.path != "/v3/configs/config/secrets/download" or (call.query["project"], call.query["config"]) != ("kodex", "prd"):
            return 404, {"messages": ["Could not find requested config"], "success": False}
        every = {name.upper(): value for name, value in self.values.items()}
        wanted = call.query["secrets"].split(",") if "secrets" in call.query else every
        return 200, {name: value for name, value in every.items() if name in wanted}


class Aws(Store):
    """Signatures are checked by aws_secrets.py."""
    hosts = ("sts.eu-north-1.amazonaws.com", "secretsmanager.eu-north-1.amazonaws.com")
    role = "arn:aws:iam::123456789012:role/deployer"

    def answer(self, call):
        if call.host.startswith("secretsmanager."):
            known = call.headers["X-Amz-Security-Token"] in self.tokens and "ASIAJOB/" in call.headers["Authorization"]
            name = call.json()["SecretId"]
            if call.headers["X-Amz-Target"].endswith(".DescribeSecret") and known:
                return 200, {"Name": name, "VersionIdsToStages": {f"version-{self.version}": ["AWSCURRENT"]}}
            return (200, {"Name": name, "VersionId": f"version-{self.version}", "SecretString": self.values[name]}) if known else (
                400, {"__type": "UnrecognizedClientException", "message": "as told"})
        form = call.form()
        if form["RoleArn"] != self.role or not is_job(form["WebIdentityToken"], "sts.amazonaws.com") or "Authorization" in call.headers:
            return 403, b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>as told</Message></Error></ErrorResponse>"
        keys = (f"<AccessKeyId>ASIAJOB</AccessKeyId><SecretAccessKey>{SENTINEL}-key</SecretAccessKey>"
                f"<SessionToken>{self.new_token()}</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration>")
        return 200, ("<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>" + keys + "</Credentials>"
                     "</AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>").encode()


class Internet(Service):
    """Every service by its hosts; faults hit those that are asked for secrets, not for tokens."""

    data_hosts = ("secretmanager.googleapis.com", "kodex.vault.azure.net", "connect.example.com", "api.doppler.com")

    def __init__(self, folder):
        super().__init__()
        self.google, self.azure, self.connect, self.doppler = Google(folder), Azure(), Connect(), Doppler()
        self.aws, self.github = Aws(), GitHub()
        self.services = (self.google, self.azure, self.connect, self.doppler, self.aws, self.github)

    def names_of_hosts(self):
        return [f"DNS:{host}" for service in self.services for host in service.hosts]

    def may_fail(self, call):
        return call.host in self.data_hosts

    def answer(self, call):
        [service] = [service for service in self.services if call.host in service.hosts]
        return service.answer(call)


class InternetCase(unittest.TestCase):
    """All of it behind one proxy, which a test reaches at `proxy` and trusts by `authority`; new for each test."""

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        cls.authority = str(cls.folder / "ca.pem")
        Google.make_key(cls.folder)
        make_certificates(cls.folder, Internet(cls.folder).names_of_hosts())

    def setUp(self):
        self.internet = Internet(self.folder)
        self.proxy = self.enterContext(StoreServer(self.internet, server_context(self.folder)))
