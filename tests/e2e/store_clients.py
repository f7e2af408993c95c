"""The scripted services of Google, Azure, 1Password and Doppler, against which tests/cli/cloud_secrets.py holds the binary, judged by
the vendors' own clients: these find in them what is kept, and are refused as by the real ones."""

import base64
import json
import os
import pathlib
import sys
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "cli"))

from python_packages import package
from quickstart_world import need

PACKAGES = ("azure-keyvault-secrets==4.8.0", "google-api-python-client==2.147.0", "PySocks==1.7.1", "onepasswordconnectsdk==1.5.1",
            "doppler-sdk==1.3.0")

try:
    import azure.keyvault.secrets
except ImportError:
    python = str(package("store-clients", *PACKAGES) / "bin" / "python3")
    os.execv(python, [python, *sys.argv])

# pylint: disable=wrong-import-position,wrong-import-order
import dopplersdk
import googleapiclient.discovery
import googleapiclient.discovery_cache
import googleapiclient.errors
import httplib2
import onepasswordconnectsdk.client
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from cloud_stores import TEAM, InternetCase
from google.oauth2 import service_account
from google_auth_httplib2 import AuthorizedHttp
from store_servers import SENTINEL

LATEST = "projects/kodex/secrets/@/versions/latest"


class StoreClients(InternetCase):
    def setUp(self):
        super().setUp()
        self.enterContext(unittest.mock.patch.dict(os.environ, {
            "https_proxy": self.proxy.url, "HTTPS_PROXY": self.proxy.url, "SSL_CERT_FILE": self.authority,
            "REQUESTS_CA_BUNDLE": self.authority, "no_proxy": "", "NO_PROXY": ""}))
        proxy = httplib2.ProxyInfo(httplib2.socks.PROXY_TYPE_HTTP, "127.0.0.1", self.proxy.server_port)
        self.http = httplib2.Http(proxy_info=proxy, ca_certs=self.authority)

    def test_google(self):
        credentials = service_account.Credentials.from_service_account_file(
            self.folder / "google.json", scopes=["https://www.googleapis.com/auth/cloud-platform"])
        manager = googleapiclient.discovery.build("secretmanager", "v1", http=AuthorizedHttp(credentials, self.http),
                                                  static_discovery=True)
        versions = manager.projects().secrets().versions()
        version = versions.get(name=LATEST.replace("@", "db")).execute()
        value = versions.access(name=LATEST.replace("@", "db")).execute()
        self.assertEqual(base64.b64decode(value["payload"]["data"]).decode(), self.internet.google.values["db"])
        schemas = json.loads(googleapiclient.discovery_cache.get_static_doc("secretmanager", "v1"))["schemas"]
        self.assertLessEqual(set(version), set(schemas["SecretVersion"]["properties"]))
        self.assertIn(version["state"], schemas["SecretVersion"]["properties"]["state"]["enum"])
        self.assertLessEqual(set(value), set(schemas["AccessSecretVersionResponse"]["properties"]))
        self.assertLessEqual(set(value["payload"]), set(schemas["SecretPayload"]["properties"]))
        for status, change in ((404, lambda: self.internet.google.values.pop("api")),
                               (403, lambda: setattr(self.internet.google, "is_denied", True))):
            change()
            with self.assertRaises(googleapiclient.errors.HttpError) as refused:
                versions.access(name=LATEST.replace("@", "api")).execute()
            self.assertEqual(refused.exception.status_code, status)

    def test_azure(self):
        store = self.internet.azure

        class Given:
            def get_token(self, *scopes, **_):
                assert scopes == ("https://vault.azure.net/.default",)
                return AccessToken(store.new_token(), 2**33)

        client = azure.keyvault.secrets.SecretClient("https://kodex.vault.azure.net", Given(), api_version="7.4")
        secret = client.get_secret("db")
        self.assertEqual((secret.value, secret.properties.version), (store.values["db"], "version1"))
        store.version = 2
        listed = {each.version: each.created_on.timestamp() for each in client.list_properties_of_secret_versions("db")}
        self.assertEqual(max(listed, key=listed.get), "version2")
        self.assertRaises(ResourceNotFoundError, client.get_secret, "none")
        store.is_denied = True
        with self.assertRaises(HttpResponseError) as refused:
            client.get_secret("db")
        self.assertEqual((refused.exception.status_code, refused.exception.error.code), (403, "Forbidden"))

    def test_connect(self):
        client = onepasswordconnectsdk.client.new_client("https://connect.example.com", f"{SENTINEL}-connect")
        self.assertEqual(client.get_vault_by_title("Team").id, TEAM)
        found = client.get_item_by_title("db", TEAM)
        self.assertEqual(found.version, 1)
        fields = {field.label: field.value for field in client.get_item_by_id(found.id, TEAM).fields}
        self.assertEqual(fields["password"], self.internet.connect.values["db"])
        with self.assertRaisesRegex(Exception, "404"):
            client.get_item_by_id("none" + 22 * "n", TEAM)
        self.internet.connect.tokens.clear()
        with self.assertRaisesRegex(Exception, "401"):
            client.get_item_by_id(found.id, TEAM)

    def test_doppler(self):
        self.internet.doppler.values["database"] = "a name that its client knows"
        sdk = dopplersdk.DopplerSDK()
        sdk.set_access_token(f"{SENTINEL}-doppler")
        values = sdk.secrets.download(project="kodex", config="prd", format="json")
        self.assertEqual(values.DATABASE, "a name that its client knows")
        [asked] = self.internet.calls
        self.assertEqual(asked.name, "GET api.doppler.com/v3/configs/config/secrets/download")


if __name__ == "__main__":
    need("openssl")
    unittest.main(verbosity=2)
