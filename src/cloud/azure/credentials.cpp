#include "cloud/azure/credentials.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/wiped.hpp"

namespace deployctl::azure {
namespace {

constexpr std::array<Region, 3> regions = {
    {{"public", "https://login.microsoftonline.com", "vault.azure.net"},
     {"china", "https://login.chinacloudapi.cn", "vault.azure.cn"},
     {"us_government", "https://login.microsoftonline.us", "vault.usgovcloudapi.net"}}};
constexpr std::string_view assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
constexpr Milliseconds metadata_timeout{3'000};

Result<cloud::Token> token_in(const cloud::Parts& parts, const Value& answer, const std::string& what) {
  const Wiped token(cloud::text_at(answer, "access_token"));
  if (token->empty()) return fail(Cause::auth, what + " was answered without an access token");
  cloud::Token made{.value = Secret::reference("azure.access_token").resolved_with(*token),
                    .expires = cloud::expiry(parts, cloud::number_at(answer, "expires_in"))};
  if (const auto until = cloud::number_at(answer, "expires_on"); until && !made.expires)
    made.expires = WallTime(std::chrono::seconds(std::clamp<std::int64_t>(*until, 0, 9'000'000'000)));
  return made;
}

Result<cloud::Token> of_client(const cloud::Parts& parts, const Settings& settings,
                               const std::string& resource, std::vector<std::pair<std::string, Text>> proof,
                               const std::stop_token& stop) {
  if (settings.tenant_id.empty() || settings.client_id.empty())
    return fail(Cause::config, "Azure wants to know tenant_id and client_id",
                "write them under `providers`, or set AZURE_TENANT_ID and AZURE_CLIENT_ID");
  cloud::Question question{.name = fmt::format("azure: token of client '{}'", settings.client_id)};
  question.request = {.operation = "secrets.azure",
                      .method = "POST",
                      .url = fmt::format("{}/{}/oauth2/v2.0/token", settings.region->login,
                                         percent_encode(settings.tenant_id))};
  question.request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  std::vector<std::pair<std::string, Text>> fields = {{"grant_type", "client_credentials"},
                                                      {"client_id", settings.client_id},
                                                      {"scope", resource + "/.default"}};
  fields.insert(fields.end(), std::make_move_iterator(proof.begin()), std::make_move_iterator(proof.end()));
  DEPLOYCTL_TRY(question.request.body, form_body(fields));
  DEPLOYCTL_TRY(const cloud::Answer answer, cloud::exchange(parts, question, stop));
  if (answer.is_good()) return token_in(parts, *answer.body, question.name);
  Error error = cloud::refusal(question, answer);
  if (answer.status == 400) error.cause = Cause::auth; // invalid_client, unauthorized_client
  return fail(std::move(error));
}

// Of App Service and Container Apps, which say where they answer.
Result<cloud::Token> of_app_service(const cloud::Parts& parts, const Settings& settings,
                                    const std::string& resource, const std::string& endpoint,
                                    const std::stop_token& stop) {
  const std::string* header = parts.variable("IDENTITY_HEADER");
  if (!header) return fail(Cause::auth, "IDENTITY_ENDPOINT is set, but IDENTITY_HEADER is not");
  const Secret proof = Secret::reference("azure.identity_header").resolved_with(*header);
  parts.learn(proof);
  cloud::Question question{.name = "azure: managed identity"};
  question.request = {
      .operation = "secrets.azure",
      .url = fmt::format("{}?api-version=2019-08-01&resource={}", endpoint, percent_encode(resource)),
      .headers = {{"X-IDENTITY-HEADER", proof}}};
  if (!settings.client_id.empty()) question.request.url += "&client_id=" + percent_encode(settings.client_id);
  DEPLOYCTL_TRY(const WipedValue answer, cloud::ask(parts, question, stop));
  return token_in(parts, *answer, question.name);
}

Result<cloud::Token> of_machine(const cloud::Parts& parts, const Settings& settings,
                                const std::string& resource, const std::stop_token& stop) {
  if (const std::string* endpoint = parts.variable("IDENTITY_ENDPOINT"))
    return of_app_service(parts, settings, resource, *endpoint, stop);
  cloud::Question question{.name = "azure: managed identity"};
  question.is_quick = true;
  question.request = {
      .operation = "secrets.azure",
      .url = "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=" +
             percent_encode(resource),
      .headers = {{"Metadata", "true"}},
      .timeout = metadata_timeout,
      .connect_timeout = metadata_timeout};
  if (!settings.client_id.empty()) question.request.url += "&client_id=" + percent_encode(settings.client_id);
  const auto answer = cloud::exchange(parts, question, stop);
  if (!answer && answer.error().cause == Cause::cancelled) return fail(answer.error());
  if (!answer)
    return fail(Cause::auth, "no credentials for Azure were found",
                "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or write `identity` under "
                "`providers`");
  if (!answer->is_good()) return fail(cloud::refusal(question, *answer));
  return token_in(parts, *answer->body, question.name);
}

} // namespace

Settings read_settings(const cloud::Written& written) {
  Settings settings{.region = regions.data(),
                    .tenant_id = written.text("tenant_id", {"AZURE_TENANT_ID"}),
                    .client_id = written.text("client_id", {"AZURE_CLIENT_ID"}),
                    .client_secret = written.secret("client_secret"),
                    .identity = {.from = written.text("identity"),
                                 .file = written.text("identity_file"),
                                 .audience = written.text("audience")}};
  const std::string name = written.text("cloud");
  if (const auto* found = std::ranges::find(regions, name, &Region::name); found != regions.end())
    settings.region = found;
  // What is written goes before what the environment has.
  const bool is_written =
      settings.client_secret || !settings.identity.from.empty() || !settings.identity.file.empty();
  if (!is_written) settings.client_secret = written.secret("", {"AZURE_CLIENT_SECRET"});
  if (!is_written && !settings.client_secret)
    settings.identity.file = written.text("", {"AZURE_FEDERATED_TOKEN_FILE"});
  if (settings.identity.audience.empty()) settings.identity.audience = "api://AzureADTokenExchange";
  return settings;
}

Result<cloud::Token> access_token(const cloud::Parts& parts, const Settings& settings,
                                  const std::string& resource, const std::stop_token& stop) {
  if (settings.client_secret)
    return of_client(parts, settings, resource, {{"client_secret", *settings.client_secret}}, stop);
  if (settings.identity.from.empty() && settings.identity.file.empty())
    return of_machine(parts, settings, resource, stop);
  DEPLOYCTL_TRY(Secret assertion, cloud::identity_token(parts, settings.identity, stop));
  return of_client(
      parts, settings, resource,
      {{"client_assertion_type", std::string(assertion_type)}, {"client_assertion", std::move(assertion)}},
      stop);
}

} // namespace deployctl::azure
