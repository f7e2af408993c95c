#include <catch2/catch.hpp>

#include "secrets/remote_bench.hpp"

using namespace deployctl;
using namespace deployctl::tests;

namespace {

struct Azure : RemoteBench {
  struct Version {
    std::string id;
    std::int64_t created;
    bool enabled = true;
  };
  std::vector<Version> versions = {{"old", 100}, {"new", 300}, {"middle", 200}};
  bool may_list = true;
  std::string next_origin = "https://kodex.vault.azure.net";
  std::map<std::string, std::string> last_form;

  Azure() {
    settings["azure"] = Value::Map{{"tenant_id", "t-1"},
                                   {"client_id", "c-1"},
                                   {"client_secret", Secret::reference("x").resolved_with("client-secret")}};
    answer = [this](const HttpRequest& request) { return serve(request); };
  }

  HttpResponse serve(const HttpRequest& request) {
    const std::string origin = origin_of(request);
    if (origin == "https://login.microsoftonline.com") return login(request);
    if (origin == "http://169.254.169.254" || origin == "http://localhost:42356") return machine(request);
    if (origin == "https://actions.example.com") return json_answer(Value::Map{{"value", "jwt-github"}});
    if (origin != "https://kodex.vault.azure.net") return {.status = 599};
    if (header_of(request, "Authorization") != "Bearer eyJ.azure") return {.status = 401};
    return vault(path_of(request));
  }

  HttpResponse login(const HttpRequest& request) {
    last_form = form_of(request);
    const bool by_secret = last_form["client_secret"] == "client-secret";
    const bool by_identity =
        last_form["client_assertion"] == "jwt-github" &&
        last_form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    const bool fits = path_of(request) == "/t-1/oauth2/v2.0/token" && last_form["client_id"] == "c-1" &&
                      last_form["scope"] == "https://vault.azure.net/.default" && (by_secret || by_identity);
    if (fits) return json_answer(Value::Map{{"access_token", "eyJ.azure"}, {"expires_in", 3599}});
    return json_answer(Value::Map{{"error", "invalid_client"},
                                  {"error_description", "AADSTS7000215: Invalid client secret."}},
                       401);
  }

  static HttpResponse machine(const HttpRequest& request) {
    const bool by_metadata =
        header_of(request, "Metadata") == "true" &&
        path_of(request) ==
            "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net";
    const bool by_service =
        header_of(request, "X-IDENTITY-HEADER") == "proof" &&
        path_of(request) == "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net";
    if (!by_metadata && !by_service) return {.status = 400};
    return json_answer(Value::Map{{"access_token", "eyJ.azure"}, {"expires_on", "1772370000"}});
  }

  HttpResponse vault(const std::string& path) const {
    const auto denied = [] {
      return json_answer(Value::Map{{"error", Value::Map{{"code", "Forbidden"}, {"message", "not allowed"}}}},
                         403);
    };
    if (path == "/secrets/db?api-version=7.4")
      return json_answer(
          Value::Map{{"value", "sentinel-1"}, {"id", "https://kodex.vault.azure.net/secrets/db/new"}});
    if (path == "/secrets/locked?api-version=7.4") return denied();
    if (!path.starts_with("/secrets/db/versions?"))
      return json_answer(Value::Map{{"error", Value::Map{{"code", "SecretNotFound"}}}}, 404);
    if (!may_list) return denied();
    const std::size_t page = path.ends_with("page=2") ? 1 : 0;
    Value::List list;
    for (std::size_t i = page * 2; i < std::min(versions.size(), page * 2 + 2); ++i)
      list.push_back(Value::Map{
          {"id", "https://kodex.vault.azure.net/secrets/db/" + versions[i].id},
          {"attributes", Value::Map{{"created", versions[i].created}, {"enabled", versions[i].enabled}}}});
    Value::Map out{{"value", list}};
    if (page == 0) out.emplace("nextLink", next_origin + "/secrets/db/versions?api-version=7.4&page=2");
    return json_answer(out);
  }
};

} // namespace

TEST_CASE("azure: the newest version is found among all, without its value") {
  Azure azure;
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.version(0) == "new");
  CHECK(std::ranges::count(azure.asked, "GET /secrets/db?api-version=7.4") == 0);
  CHECK(azure.value(0) == "sentinel-1");
  CHECK(azure.version(0) == "new");
  azure.versions[1].enabled = false;
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.version(0) == "not_found: its newest version, new, is disabled");
}

TEST_CASE("azure: what is written about a store is read once, however much is asked of it") {
  Azure azure;
  azure.open({"azure-kv://kodex/db", "azure-kv://kodex/none"});
  CHECK(azure.version(0) == "new");
  CHECK(azure.value(0) == "sentinel-1");
  CHECK(azure.value(1) == "not_found: https://kodex.vault.azure.net has no secret 'none'");
  CHECK(azure.settings_read == 1);
}

TEST_CASE("azure: versions that cannot be listed or told apart are learnt from the value") {
  Azure azure;
  azure.may_list = false;
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.version(0) == "new");
  azure.may_list = true;
  azure.versions[2].created = 300;
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.version(0) == "new");
  CHECK(azure.asked.back() == "GET /secrets/db?api-version=7.4");
  azure.next_origin = "https://evil.example.com";
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.version(0) == "config: the list of versions goes on outside of https://kodex.vault.azure.net");
}

TEST_CASE("azure: by federation, by the machine's identity, and what is wrong") {
  Azure azure;
  azure.base.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://actions.example.com/id";
  azure.base.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";
  azure.settings["azure"] = Value::Map{{"tenant_id", "t-1"}, {"client_id", "c-1"}, {"identity", "github"}};
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.value(0) == "sentinel-1");
  CHECK(azure.asked.front() == "GET /id?audience=api%3A%2F%2FAzureADTokenExchange");
  azure.settings.clear();
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.value(0) == "sentinel-1");
  azure.base.environment["IDENTITY_ENDPOINT"] = "http://localhost:42356/msi/token";
  azure.base.environment["IDENTITY_HEADER"] = "proof";
  azure.open(
      {"azure-kv://kodex/db", "azure-kv://kodex/none", "azure-kv://kodex/locked", "azure-kv://ko.dex/x"});
  CHECK(azure.value(0) == "sentinel-1");
  CHECK(azure.value(1) == "not_found: https://kodex.vault.azure.net has no secret 'none'");
  CHECK(azure.value(2) ==
        "permission: azure: value of 'locked': HTTP status 403: not allowed | assign the role Key "
        "Vault Secrets User for the vault");
  CHECK(azure.value(3) == "config: 'ko.dex' has more than letters, digits and dashes");
  azure.base.environment.insert(
      {{"AZURE_TENANT_ID", "t-1"}, {"AZURE_CLIENT_ID", "c-1"}, {"AZURE_CLIENT_SECRET", "wrong-secret"}});
  azure.open({"azure-kv://kodex/db"});
  CHECK(azure.value(0) ==
        "auth: azure: token of client 'c-1': HTTP status 401: AADSTS7000215: Invalid client secret.");
}

TEST_CASE("doppler: the secrets of a config are read together, by a token or by this job's identity") {
  RemoteBench doppler;
  const std::string read = "GET /v3/configs/config/secrets/download?format=json&project=kodex&config=prd"
                           "&include_dynamic_secrets=false&secrets=";
  doppler.answer = [&](const HttpRequest& request) {
    if (origin_of(request) == "https://actions.example.com")
      return json_answer(Value::Map{{"value", "jwt-github"}});
    if (path_of(request) == "/v3/auth/oidc") {
      const bool fits = bytes_of(request.body) == R"({"identity":"id-1","token":"jwt-github"})";
      return json_answer(Value::Map{{"token", "dp.sa.1"}, {"expires_at", "2026-03-01T13:00:00Z"}},
                         fits ? 200 : 401);
    }
    const std::string bearer = header_of(request, "Authorization");
    if (bearer != "Bearer dp.st.1" && bearer != "Bearer dp.sa.1")
      return json_answer(Value::Map{{"messages", Value::List{"Invalid Auth token"}}, {"success", false}},
                         401);
    return json_answer(Value::Map{{"DB", "sentinel-1"}, {"TOKEN", "sentinel-2"}});
  };
  doppler.base.environment["DOPPLER_TOKEN"] = "dp.st.1";
  doppler.open({"doppler://kodex/prd/DB", "doppler://kodex/prd/TOKEN"});
  CHECK(doppler.version(0).starts_with("keyed:"));
  CHECK(doppler.value(0) == "sentinel-1");
  CHECK(doppler.value(1) == "sentinel-2");
  CHECK(doppler.asked == std::vector<std::string>{read + "DB%2CTOKEN"});
  doppler.open({"doppler://kodex/prd/NONE"});
  CHECK(doppler.value(0) == "not_found: the config 'kodex/prd' has no 'NONE'");
  doppler.base.environment["DOPPLER_TOKEN"] = "dp.st.2";
  doppler.open({"doppler://kodex/prd/DB"});
  CHECK(doppler.value(0) == "auth: doppler: secrets of 'kodex/prd': HTTP status 401: Invalid Auth token");
  doppler.base.environment = {{"ACTIONS_ID_TOKEN_REQUEST_URL", "https://actions.example.com/id"},
                              {"ACTIONS_ID_TOKEN_REQUEST_TOKEN", "request-token"}};
  doppler.open({"doppler://kodex/prd/DB"});
  CHECK(doppler.value(0).starts_with("auth: there is no token for Doppler"));
  doppler.settings["doppler"] = Value::Map{{"identity", "github"}, {"identity_id", "id-1"}};
  doppler.open({"doppler://kodex/prd/DB"});
  CHECK(doppler.value(0) == "sentinel-1");
}
