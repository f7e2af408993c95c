#include <catch2/catch.hpp>

#include "base/encode.hpp"
#include "secrets/vault_server.hpp"

using namespace deployctl;
using namespace deployctl::tests;

TEST_CASE("vault: a value is read once for all of its members, with version and time") {
  VaultServer vault;
  vault.second["secret/app/db"] = {
      {.data = {{"old", "x"}}},
      {.data = {{"user", "application"}, {"password", "sentinel-1"}, {"port", 54320}}}};
  vault.open({"vault://main/secret/app/db#password", "vault://main/secret/app/db#port"});
  CHECK(vault.value(0) == "sentinel-1");
  CHECK(vault.value(1) == "54320");
  CHECK(vault.version(0) == "2@1772359202");
  CHECK(vault.asked ==
        std::vector<std::string>{"GET /v1/auth/token/lookup-self", "GET /v1/secret/data/app/db"});
  CHECK(vault.redactions.redact("x sentinel-1 x") == "x [secret:s0] x");
}

TEST_CASE(
    "vault: what another reference means is another secret, although the store calls its version the same") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"old", "sentinel-1"}, {"new", "sentinel-2"}}}};
  vault.open({"vault://main/secret/app#old", "vault://main/secret/app#new", "vault://main/secret/app#old"});
  CHECK(vault.version(0) == vault.version(1));
  CHECK(vault.kept(0) != vault.kept(1));
  CHECK(vault.kept(0) == vault.kept(2));
  const auto resolved = vault.resolver->resolve(Secret::reference("s0"), {});
  REQUIRE(resolved);
  CHECK(resolved->get<Secret>()->version() == vault.kept(0));
}

TEST_CASE("vault: a plan asks for metadata and never for a value") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}, {"b", "sentinel-2"}}}};
  vault.open({"vault://main/secret/app#a", "vault://main/secret/app#b"});
  REQUIRE(vault.resolver->versions({}));
  CHECK(vault.version(0) == "1@1772359201");
  CHECK(vault.version(1) == "1@1772359201");
  CHECK(vault.asked ==
        std::vector<std::string>{"GET /v1/auth/token/lookup-self", "GET /v1/secret/metadata/app"});
  CHECK(vault.value(0) == "sentinel-1");
  CHECK(vault.version(0) == "1@1772359201");
}

TEST_CASE("vault: who may not read metadata learns the version from the value") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.forbidden = {"secret/metadata/app"};
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.version(0) == "1@1772359201");
  vault.forbidden.insert("secret/data/app");
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.version(0) == "permission: vault: read of 'secret/app': HTTP status 403: 1 error occurred: * "
                            "permission denied | a policy "
                            "must allow it: path \"secret/data/app\" { capabilities = [\"read\"] }");
}

TEST_CASE("vault: a store without versions gives a fingerprint, which changes with the value") {
  VaultServer vault;
  vault.settings["vault.main"]["kv_version"] = "1";
  vault.settings["vault.main"]["mounts"] = Value::List{"team/kv"};
  vault.first["team/kv/app"] = {{"a", "sentinel-1"}};
  vault.open({"vault://main/team/kv/app#a"});
  const std::string before = vault.version(0);
  CHECK(before.starts_with("keyed:"));
  CHECK(vault.value(0) == "sentinel-1");
  CHECK(vault.asked.back() == "GET /v1/team/kv/app");
  vault.first["team/kv/app"] = {{"a", "sentinel-2"}};
  vault.open({"vault://main/team/kv/app#a"});
  CHECK(vault.version(0) != before);
}

TEST_CASE("vault: a mount of more than one part, a namespace, and names that need encoding") {
  VaultServer vault;
  vault.demanded_namespace = "team/a";
  vault.settings["vault.main"]["namespace"] = "team/a";
  vault.settings["vault.main"]["mounts"] = Value::List{"team/kv"};
  vault.second["team/kv/my%20app"] = {{.data = {{"a b", "sentinel-1"}}}};
  vault.open({"vault://main/team/kv/my app#a b"});
  CHECK(vault.value(0) == "sentinel-1");
  CHECK(vault.asked.back() == "GET /v1/team/kv/data/my%20app");
}

TEST_CASE("vault: missing, deleted, destroyed, without the member, of another form: each is said") {
  VaultServer vault;
  vault.second["secret/deleted"] = {{.data = {}, .deleted = "2026-02-01T00:00:00Z"}};
  vault.second["secret/destroyed"] = {{.data = {{"a", "b"}}}, {.data = {}, .destroyed = true}};
  vault.second["secret/app"] = {{.data = {{"list", Value::List{}}, {"short", "ab"}, {"empty", ""}}}};
  vault.open({"vault://main/secret/none#a", "vault://main/secret/deleted#a",
              "vault://main/secret/destroyed#a", "vault://main/secret/app#none",
              "vault://main/secret/app#list", "vault://main/secret/app#short",
              "vault://main/secret/app#empty"});
  CHECK(vault.value(0) == "not_found: vault: there is nothing at 'secret/none'");
  CHECK(vault.version(0) == vault.value(0));
  CHECK(vault.value(1) == "not_found: its newest version, 1, was deleted at 2026-02-01T00:00:00Z | `vault kv "
                          "undelete -versions=1 PATH` brings it back");
  CHECK(vault.version(1) == vault.value(1));
  CHECK(vault.value(2) == "not_found: its newest version, 2, was destroyed");
  CHECK(vault.version(2) == vault.value(2));
  CHECK(vault.value(3) == "not_found: it has nothing at '#none'");
  CHECK(vault.value(4) == "config: what it has at '#list' is neither text nor a whole number");
  CHECK(vault.value(5).starts_with("config: its value has 2 bytes, fewer than 4"));
  CHECK(vault.value(6) == "config: its value is empty");
}

TEST_CASE("vault: the wrong kind of KV store is told, either way") {
  VaultServer vault;
  vault.first["old/data/app"] = {{"a", "sentinel"}};
  vault.open({"vault://main/old/app#a"});
  CHECK(vault.value(0) ==
        "config: 'old' is no KV store with versions | write kv_version: \"1\" under `providers` "
        "if it is one without");
  vault.settings["vault.main"]["kv_version"] = "1";
  vault.second["secret/app"] = {{.data = {{"a", "sentinel"}}}};
  vault.open({"vault://main/secret/data/app#a"});
  CHECK(vault.value(0) == "config: the store has versions | write kv_version: \"2\" under `providers`");
}

TEST_CASE("vault: sealed is final, throttled and unavailable are waited out") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  std::vector<HttpResponse> before;
  vault.answer = [&](const HttpRequest& request) {
    if (before.empty() || path_of(request).find("/data/") == std::string::npos) return vault.serve(request);
    HttpResponse next = before.front();
    before.erase(before.begin());
    return next;
  };
  before = {VaultServer::errors(429, {"request limit reached"}),
            VaultServer::errors(503, {"no active node"})};
  before.front().headers.emplace("retry-after", "7");
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0) == "sentinel-1");
  REQUIRE(vault.base.waits.size() == 2);
  CHECK(vault.base.waits[0] >= std::chrono::seconds(7));
  before = {VaultServer::errors(503, {"Vault is sealed"})};
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0) ==
        "network: vault: read of 'secret/app': https://vault.example.com:8200 is sealed | someone "
        "who holds its keys runs `vault operator unseal`");
  CHECK(vault.base.waits.size() == 2);
}

TEST_CASE("vault: a token does not follow a redirect to another place") {
  VaultServer vault;
  vault.answer = [](const HttpRequest&) {
    return HttpResponse{.status = 307,
                        .headers = {{"location", "https://evil.example.com/v1/secret/data/app"}}};
  };
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0).find("redirected to https://evil.example.com | credentials are not sent on") !=
        std::string::npos);
  for (const HttpRequest& request : vault.base.http.requests)
    CHECK(origin_of(request) == "https://vault.example.com:8200");
}

TEST_CASE("vault: tokens come from the settings, the environment or what vault login left") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.settings.clear();
  vault.base.environment["VAULT_ADDR"] = "https://vault.example.com:8200";
  vault.base.files["/home/ann/.vault-token"] = "t-root\n";
  vault.open({"vault://vault/secret/app#a"});
  CHECK(vault.value(0) == "sentinel-1");
  vault.base.environment["VAULT_TOKEN"] = "t-wrong";
  vault.open({"vault://vault/secret/app#a"});
  CHECK(vault.value(0).starts_with("auth: vault: read of 'secret/app': the token is not valid"));
  vault.base.files.clear();
  vault.base.environment.erase("VAULT_TOKEN");
  vault.open({"vault://vault/secret/app#a"});
  CHECK(vault.value(0).starts_with("auth: there is no token for Vault"));
  vault.base.environment.erase("VAULT_ADDR");
  vault.open({"vault://vault/secret/app#a"});
  CHECK(vault.value(0).starts_with("config: no address of Vault is set"));
}

TEST_CASE("vault: a token that may not look at itself still reads") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.may_look = false;
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0) == "sentinel-1");
}

TEST_CASE("vault: approle, with a wrapped secret id, and a token that is given back at the end") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.settings["vault.main"] = Value::Map{{"address", "https://vault.example.com:8200"},
                                            {"auth", "approle"},
                                            {"role_id", "rid"},
                                            {"secret_id", Secret::reference("x").resolved_with("wrap-1")},
                                            {"secret_id_wrapped", true}};
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0) == "sentinel-1");
  CHECK(vault.bodies == std::vector<Value>{Value::Map{{"role_id", "rid"}, {"secret_id", "sid-inner"}}});
  CHECK(vault.learned == std::vector<std::string>{"sid-inner", "t-login-1"});
  CHECK(vault.tokens.contains("t-login-1"));
  vault.close();
  CHECK_FALSE(vault.tokens.contains("t-login-1"));
  CHECK(vault.asked.back() == "POST /v1/auth/token/revoke-self");
}

TEST_CASE("vault: jwt by a file, by GitHub, and kubernetes by its service account") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.base.files["/project/token"] = "jwt-file\n";
  vault.base.files["/var/run/secrets/kubernetes.io/serviceaccount/token"] = "jwt-pod";
  vault.base.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://actions.example.com/id?api-version=2";
  vault.base.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";
  vault.answer = [&](const HttpRequest& request) {
    if (origin_of(request) != "https://actions.example.com") return vault.serve(request);
    const bool fits = path_of(request) == "/id?api-version=2&audience=https%3A%2F%2Fvault.example.com" &&
                      header_of(request, "Authorization") == "Bearer request-token";
    return json_answer(Value::Map{{"value", fits ? "jwt-github" : ""}}, fits ? 200 : 401);
  };
  const Value address = "https://vault.example.com:8200";
  const auto read_as = [&](Value::Map with) {
    with.emplace("address", address);
    vault.settings["vault.main"] = with;
    vault.open({"vault://main/secret/app#a"});
    return vault.value(0);
  };
  CHECK(read_as({{"auth", "jwt"}, {"role", "r"}, {"jwt_file", "token"}}) == "sentinel-1");
  CHECK(vault.bodies.back() == Value(Value::Map{{"role", "r"}, {"jwt", "jwt-file"}}));
  CHECK(vault.asked.front() == "POST /v1/auth/jwt/login");
  CHECK(read_as({{"auth", "jwt"},
                 {"identity", "github"},
                 {"audience", "https://vault.example.com"},
                 {"auth_mount", "gh"}}) == "sentinel-1");
  CHECK(vault.bodies.back() == Value(Value::Map{{"jwt", "jwt-github"}}));
  CHECK(std::ranges::count(vault.asked, "POST /v1/auth/gh/login") == 1);
  CHECK(std::ranges::count(vault.learned, "jwt-github") == 1);
  CHECK(read_as({{"auth", "kubernetes"}, {"role", "deployer"}}) == "sentinel-1");
  CHECK(vault.bodies.back() == Value(Value::Map{{"role", "deployer"}, {"jwt", "jwt-pod"}}));
  CHECK(read_as({{"auth", "kubernetes"}, {"role", "unknown"}}) ==
        "auth: vault: login at 'kubernetes': HTTP status 400: role \"unknown\" could not be found");
  CHECK(read_as({{"auth", "kubernetes"}})
            .starts_with("config: the auth method 'kubernetes' of Vault needs 'role'"));
  vault.base.environment.erase("ACTIONS_ID_TOKEN_REQUEST_URL");
  CHECK(read_as({{"auth", "jwt"}, {"identity", "github"}}).find("id-token: write") != std::string::npos);
}

TEST_CASE("vault: by an identity in AWS, whose signed question names the server") {
  VaultServer vault;
  vault.second["secret/app"] = {{.data = {{"a", "sentinel-1"}}}};
  vault.base.environment.insert({{"AWS_ACCESS_KEY_ID", "AKIA"}, {"AWS_SECRET_ACCESS_KEY", "secret-key"}});
  vault.settings["aws.ci"] = Value::Map{{"region", "eu-north-1"}};
  vault.settings["vault.main"] = Value::Map{{"address", "https://vault.example.com:8200"},
                                            {"auth", "aws"},
                                            {"role", "deployer"},
                                            {"aws", "aws.ci"},
                                            {"server_id", "vault.example.com"}};
  vault.open({"vault://main/secret/app#a"});
  CHECK(vault.value(0) == "sentinel-1");
  const Value& body = vault.bodies.at(0);
  CHECK(*body.find("iam_http_request_method") == Value("POST"));
  CHECK(from_base64(*body.find("iam_request_url")->text()).value() ==
        "https://sts.eu-north-1.amazonaws.com/");
  CHECK(from_base64(*body.find("iam_request_body")->text()).value() ==
        "Action=GetCallerIdentity&Version=2011-06-15");
  const Value headers =
      parse_json(from_base64(*body.find("iam_request_headers")->text()).value(), JsonMode::plain).value();
  CHECK(*headers.find("X-Vault-AWS-IAM-Server-ID") == Value(Value::List{"vault.example.com"}));
  const std::string authorization = *headers.find("Authorization")->list()->front().text();
  CHECK(authorization.find("Credential=AKIA/20260301/eu-north-1/sts/aws4_request") != std::string::npos);
  CHECK(authorization.find("x-vault-aws-iam-server-id") != std::string::npos);
}

TEST_CASE("vault: a token is renewed after two thirds of its time, and got anew when that fails") {
  VaultServer vault;
  for (const char* name : {"a", "b", "c", "d"})
    vault.second[std::string("secret/") + name] = {{.data = {{"k", "sentinel"}}}};
  vault.settings["vault.main"] =
      Value::Map{{"address", "https://vault.example.com:8200"}, {"auth", "approle"}, {"role_id", "rid"}};
  vault.open({"vault://main/secret/a#k", "vault://main/secret/b#k", "vault://main/secret/c#k",
              "vault://main/secret/d#k"});
  CHECK(vault.value(0) == "sentinel");
  vault.base.clock.now += std::chrono::minutes(39);
  CHECK(vault.value(1) == "sentinel");
  CHECK(std::ranges::count(vault.asked, "POST /v1/auth/token/renew-self") == 0);
  vault.base.clock.now += std::chrono::minutes(2);
  CHECK(vault.value(2) == "sentinel");
  CHECK(std::ranges::count(vault.asked, "POST /v1/auth/token/renew-self") == 1);
  CHECK(vault.logins == 1);
  vault.renewable = false;
  vault.base.clock.now += std::chrono::minutes(41);
  CHECK(vault.value(3) == "sentinel");
  CHECK(vault.logins == 2);
}

TEST_CASE("vault: a given token that has expired is told, a revoked one of ours is replaced") {
  VaultServer vault;
  vault.second["secret/a"] = {{.data = {{"k", "sentinel"}}}};
  vault.second["secret/b"] = {{.data = {{"k", "sentinel"}}}};
  vault.renewable = false;
  vault.open({"vault://main/secret/a#k", "vault://main/secret/b#k"});
  CHECK(vault.value(0) == "sentinel");
  vault.base.clock.now += std::chrono::minutes(61);
  CHECK(vault.value(1).starts_with("auth: the token for Vault has expired"));
  vault.settings["vault.main"] =
      Value::Map{{"address", "https://vault.example.com:8200"}, {"auth", "approle"}, {"role_id", "rid"}};
  vault.open({"vault://main/secret/a#k", "vault://main/secret/b#k"});
  CHECK(vault.value(0) == "sentinel");
  vault.tokens.erase("t-login-1");
  CHECK(vault.value(1) == "sentinel");
  CHECK(vault.logins == 2);
}
