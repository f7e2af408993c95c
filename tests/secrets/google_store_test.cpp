#include <catch2/catch.hpp>

#include "base/crc32c.hpp"
#include "base/encode.hpp"
#include "secrets/remote_bench.hpp"
#include "secrets/service_account.hpp"

using namespace deployctl;
using namespace deployctl::tests;

namespace {

HttpResponse google_error(int status, const char* code, const char* message) {
  return json_answer(
      Value::Map{{"error", Value::Map{{"code", status}, {"message", message}, {"status", code}}}}, status);
}

// Secret Manager, and every place that gives tokens for it.
struct Google : RemoteBench {
  std::map<std::string, std::vector<std::string>> kept; // "project/name": its versions
  std::string state = "ENABLED";
  std::string good_token = "ya29.good";
  bool may_look = true;
  bool damaged = false;
  int tokens = 0;

  Google() {
    kept["kodex/db"] = {"first-value", "sentinel-1"};
    answer = [this](const HttpRequest& request) { return serve(request); };
  }

  void use_key() {
    Value::Map file{{"type", "service_account"},
                    {"client_email", "deployer@kodex.iam.gserviceaccount.com"},
                    {"private_key_id", "key-1"},
                    {"private_key", service_account_key},
                    {"token_uri", "https://oauth2.googleapis.com/token"}};
    base.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/keys/sa.json";
    base.files["/keys/sa.json"] = to_json(file, JsonMode::plain);
  }

  HttpResponse serve(const HttpRequest& request) {
    const std::string origin = origin_of(request);
    if (origin == "https://oauth2.googleapis.com") return oauth(request);
    if (origin == "https://sts.googleapis.com") return exchange(request);
    if (origin == "https://iamcredentials.googleapis.com") return act_as(request);
    if (origin == "http://metadata.google.internal") return metadata(request);
    if (origin == "https://actions.example.com") return json_answer(Value::Map{{"value", "jwt-github"}});
    if (origin == "https://secretmanager.googleapis.com") return manager(request, "/v1/projects/");
    return {.status = 599};
  }

  HttpResponse token_answer() {
    ++tokens;
    return json_answer(Value::Map{{"access_token", good_token}, {"expires_in", 3599}});
  }

  HttpResponse oauth(const HttpRequest& request) {
    const auto form = form_of(request);
    const std::string grant = form.at("grant_type");
    const bool is_key = grant == "urn:ietf:params:oauth:grant-type:jwt-bearer" &&
                        form.at("assertion") == service_account_token;
    const bool is_person = grant == "refresh_token" && form.at("refresh_token") == "1//refresh" &&
                           form.at("client_secret") == "person-secret";
    if (is_key || is_person) return token_answer();
    return json_answer(
        Value::Map{{"error", "invalid_grant"}, {"error_description", "Invalid JWT Signature."}}, 400);
  }

  HttpResponse exchange(const HttpRequest& request) {
    const auto form = form_of(request);
    const bool fits =
        header_of(request, "Authorization").empty() &&
        form.at("audience") ==
            "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github" &&
        form.at("subject_token") == "jwt-github" &&
        form.at("subject_token_type") == "urn:ietf:params:oauth:token-type:jwt" &&
        form.at("requested_token_type") == "urn:ietf:params:oauth:token-type:access_token";
    if (!fits) return google_error(400, "INVALID", "bad exchange");
    return json_answer(Value::Map{{"access_token", "federated"}, {"expires_in", 3599}});
  }

  HttpResponse act_as(const HttpRequest& request) {
    const bool fits =
        header_of(request, "Authorization") == "Bearer federated" &&
        path_of(request) == "/v1/projects/-/serviceAccounts/deployer@kodex.iam:generateAccessToken";
    if (!fits) return google_error(403, "PERMISSION_DENIED", "may not act as it");
    return json_answer(Value::Map{{"accessToken", good_token}, {"expireTime", "2026-03-01T13:00:00Z"}});
  }

  HttpResponse metadata(const HttpRequest& request) {
    return header_of(request, "Metadata-Flavor") == "Google" ? token_answer() : HttpResponse{.status = 403};
  }

  HttpResponse manager(const HttpRequest& request, const std::string& prefix) const {
    if (header_of(request, "Authorization") != "Bearer " + good_token)
      return google_error(401, "UNAUTHENTICATED", "no good token");
    std::string rest = path_of(request).substr(prefix.size());
    const bool is_access = rest.ends_with(":access");
    if (is_access) rest.resize(rest.size() - 7);
    const std::size_t secret = rest.find("/secrets/");
    const std::size_t version = rest.find("/versions/");
    const std::string name = rest.substr(0, secret) + "/" + rest.substr(secret + 9, version - secret - 9);
    const auto found = kept.find(name);
    if (found == kept.end()) return google_error(404, "NOT_FOUND", "Secret not found");
    const std::string wanted = rest.substr(version + 10);
    const std::size_t number = wanted == "latest" ? found->second.size() : std::stoul(wanted);
    Value::Map out{{"name", "projects/1/secrets/s/versions/" + std::to_string(number)}};
    if (!is_access && !may_look) return google_error(403, "PERMISSION_DENIED", "versions.get denied");
    if (!is_access) out.emplace("state", state);
    if (is_access) out.emplace("payload", payload(found->second.at(number - 1)));
    return json_answer(out);
  }

  Value payload(const std::string& value) const {
    const auto sum = static_cast<std::int64_t>(crc32c(value)) + (damaged ? 1 : 0);
    return Value::Map{{"data", to_base64(value)}, {"dataCrc32c", std::to_string(sum)}};
  }
};

} // namespace

TEST_CASE("google: by a service account's key, versions in a plan and values later, one token for all") {
  Google google;
  google.use_key();
  google.open({"gcp-sm://kodex/db", "gcp-sm://kodex/db/1"});
  CHECK(google.version(0) == "2");
  CHECK(google.version(1) == "1");
  for (const std::string& path : google.asked) CHECK(path.find(":access") == std::string::npos);
  CHECK(google.value(0) == "sentinel-1");
  CHECK(google.value(1) == "first-value");
  CHECK(google.version(0) == "2");
  CHECK(google.tokens == 1);
  CHECK(google.asked.size() == 5);
  google.base.clock.now += std::chrono::hours(1);
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0).starts_with("auth: google: token of 'deployer@kodex.iam.gserviceaccount.com'"));
}

TEST_CASE("google: federation of GitHub's identity, acting as a service account") {
  Google google;
  google.base.environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = "https://actions.example.com/id?x=1";
  google.base.environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token";
  google.settings["gcp"] = Value::Map{
      {"workload_identity_provider", "projects/1/locations/global/workloadIdentityPools/ci/providers/github"},
      {"identity", "github"},
      {"service_account", "deployer@kodex.iam"}};
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0) == "sentinel-1");
  CHECK(google.asked.front() ==
        "GET /id?x=1&audience=https%3A%2F%2Fiam.googleapis.com%2Fprojects%2F1%2Flocations%2Fglobal%2F"
        "workloadIdentityPools%2Fci%2Fproviders%2Fgithub");
  for (const char* secret : {"jwt-github", "federated", "ya29.good"})
    CHECK(std::ranges::count(google.learned, secret) == 1);
}

TEST_CASE("google: a federation file, a person's sign-in and the metadata server") {
  Google google;
  google.base.environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/keys/wif.json";
  Value::Map file{
      {"type", "external_account"},
      {"audience",
       "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/ci/providers/github"},
      {"subject_token_type", "urn:ietf:params:oauth:token-type:jwt"},
      {"token_url", "https://sts.googleapis.com/v1/token"},
      {"credential_source", Value::Map{{"file", "/keys/token"}}},
      {"service_account_impersonation_url", "https://iamcredentials.googleapis.com/v1/projects/-/"
                                            "serviceAccounts/deployer@kodex.iam:generateAccessToken"}};
  google.base.files["/keys/token"] = "jwt-github\n";
  google.base.files["/keys/wif.json"] = to_json(file, JsonMode::plain);
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0) == "sentinel-1");
  file["token_url"] = "https://sts.evil.example.com/v1/token";
  google.base.files["/keys/wif.json"] = to_json(file, JsonMode::plain);
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0).find("which is none of Google's") != std::string::npos);
  file["credential_source"] = Value::Map{{"executable", Value::Map{{"command", "/bin/true"}}}};
  google.base.files["/keys/wif.json"] = to_json(file, JsonMode::plain);
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0).find("programs and AWS as a source are not in this version") != std::string::npos);
  CHECK(google.base.processes.requests.empty());

  google.base.environment.erase("GOOGLE_APPLICATION_CREDENTIALS");
  google.base.files["/home/ann/.config/gcloud/application_default_credentials.json"] =
      R"({"type":"authorized_user","client_id":"c","client_secret":"person-secret","refresh_token":"1//refresh"})";
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0) == "sentinel-1");
  google.base.files.clear();
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0) == "sentinel-1");
  CHECK(google.asked.front() == "GET /computeMetadata/v1/instance/service-accounts/default/token");
}

TEST_CASE("google: what is wrong is said") {
  Google google;
  google.use_key();
  google.open({"gcp-sm://kodex/none"});
  CHECK(google.value(0) == "not_found: google: value of 'none': HTTP status 404: Secret not found");
  CHECK(google.version(0) == "not_found: google: version of 'none': HTTP status 404: Secret not found");
  google.may_look = false;
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.version(0) == "2");
  google.may_look = true;
  google.state = "DISABLED";
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.version(0) == "not_found: its version 2 is disabled");
  google.damaged = true;
  CHECK(google.value(0) == "network: google: value of 'db': the value was damaged on its way");
  google.base.files["/keys/sa.json"] = "{}";
  google.open({"gcp-sm://kodex/db"});
  CHECK(google.value(0).starts_with("config: '/keys/sa.json' holds credentials of the unknown type ''"));
}

TEST_CASE("google: a token that is refused is asked for anew, once") {
  Google google;
  google.use_key();
  google.open({"gcp-sm://kodex/db", "gcp-sm://kodex/db/1"});
  CHECK(google.value(0) == "sentinel-1");
  google.good_token = "ya29.other";
  CHECK(google.value(1) == "first-value");
  CHECK(google.tokens == 2);
}
