#include "cloud/gcp/credentials.hpp"

#include <array>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/crypto_sign.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "cloud/gcp/federation.hpp"
#include "net/url.hpp"

namespace deployctl::gcp {
namespace {

constexpr std::size_t longest_file = 256U << 10;
constexpr std::string_view token_url = "https://oauth2.googleapis.com/token";
constexpr Milliseconds metadata_timeout{3'000};

struct Context {
  const cloud::Parts& parts;
  const std::stop_token& stop;
};

using cloud::text_at;

Result<cloud::Token> ask_oauth(const Context& context, const std::string& url, const std::string& what,
                               const std::vector<std::pair<std::string, Text>>& fields) {
  DEPLOYCTL_CHECK(check_endpoint(url, what));
  cloud::Question question{.name = "google: " + what};
  question.request = {.operation = "secrets.google", .method = "POST", .url = url};
  question.request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  DEPLOYCTL_TRY(question.request.body, form_body(fields));
  auto answer = cloud::ask(context.parts, question, context.stop);
  if (!answer) {
    Error error = std::move(answer).error();
    if (error.cause == Cause::config && error.message.find("HTTP status 400") != std::string::npos)
      error.cause = Cause::auth; // invalid_grant
    return fail(std::move(error));
  }
  return oauth_token(context.parts, **answer, question.name);
}

Secret secret_in(const Context& context, const Value& document, std::string_view member) {
  Secret secret =
      Secret::reference("google." + std::string(member)).resolved_with(*Wiped(text_at(document, member)));
  context.parts.learn(secret);
  return secret;
}

Result<cloud::Token> of_service_account(const Context& context, const Value& document) {
  const std::string email = text_at(document, "client_email");
  std::string url = text_at(document, "token_uri");
  if (url.empty()) url = token_url;
  const auto now =
      std::chrono::duration_cast<std::chrono::seconds>(context.parts.clock.wall().time_since_epoch()).count();
  const Value::Map claims{{"iss", email},
                          {"scope", cloud_scope},
                          {"aud", url},
                          {"iat", std::int64_t{now}},
                          {"exp", std::int64_t{now + 3600}}};
  const Wiped pem(text_at(document, "private_key"));
  const Secret key = Secret::reference("google.private_key").resolved_with(*pem);
  DEPLOYCTL_TRY(Secret assertion,
                sign_jwt_rs256(key, {{"kid", text_at(document, "private_key_id")}}, claims));
  return ask_oauth(context, url, fmt::format("token of '{}'", email),
                   {{"grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"}, {"assertion", assertion}});
}

Result<cloud::Token> of_person(const Context& context, const Value& document) {
  return ask_oauth(context, std::string(token_url), "token of a person's sign-in",
                   {{"grant_type", "refresh_token"},
                    {"client_id", text_at(document, "client_id")},
                    {"client_secret", secret_in(context, document, "client_secret")},
                    {"refresh_token", secret_in(context, document, "refresh_token")}});
}

// Of the source that the file describes: another file, or an address that answers with it.
Result<std::string> subject_text(const Context& context, const Value& source) {
  if (const std::string file = text_at(source, "file"); !file.empty())
    return context.parts.read_file(file, longest_file);
  const std::string url = text_at(source, "url");
  if (url.empty())
    return fail(Cause::config, "the credentials file gets its identity neither from a file nor from a URL",
                "programs and AWS as a source are not in this version");
  DEPLOYCTL_TRY(const net::Url parsed, net::parse_url(url));
  if (parsed.scheme != "https" && !parsed.is_loopback() && parsed.host != "169.254.169.254")
    return fail(Cause::config,
                fmt::format("the identity would be asked of '{}' without TLS", parsed.origin()));
  HttpRequest request{.operation = "secrets.google", .url = url};
  if (const Value* headers = source.find("headers"); headers && headers->map())
    for (const auto& [name, value] : *headers->map())
      if (value.text())
        request.headers.emplace_back(name, Secret::reference("header").resolved_with(*value.text()));
  DEPLOYCTL_TRY(HttpResponse response, context.parts.http.send(request, context.stop));
  if (response.status != 200)
    return fail(Cause::auth, fmt::format("the source of identity '{}' answered with {}", parsed.origin(),
                                         response.status));
  return std::move(response.body);
}

Result<Secret> subject_token(const Context& context, const Value& source) {
  DEPLOYCTL_TRY(std::string text, subject_text(context, source));
  const Wiped bytes(std::move(text));
  const Value* token = nullptr;
  WipedValue document;
  if (text_at(source, "format.type") == "json") {
    if (auto parsed = parse_json(*bytes, JsonMode::plain)) document = WipedValue(*std::move(parsed));
    token = document->find_path(text_at(source, "format.subject_token_field_name"));
    if (!token || !token->text()) return fail(Cause::auth, "the source of identity gave no token");
  }
  const std::string_view plain = token ? std::string_view(*token->text()) : trim(*bytes);
  if (plain.empty()) return fail(Cause::auth, "the source of identity gave no token");
  Secret secret = Secret::reference("identity token").resolved_with(plain);
  context.parts.learn(secret);
  return secret;
}

Result<cloud::Token> of_federation(const Context& context, const Value& document) {
  const Value* source = document.find("credential_source");
  DEPLOYCTL_TRY(const Secret subject, subject_token(context, source ? *source : Value(Value::Map{})));
  Exchange exchange{.audience = text_at(document, "audience"),
                    .token_type = text_at(document, "subject_token_type")};
  if (const std::string url = text_at(document, "token_url"); !url.empty()) exchange.url = url;
  DEPLOYCTL_TRY(cloud::Token token, exchange_token(context.parts, exchange, subject, context.stop));
  const std::string url = text_at(document, "service_account_impersonation_url");
  if (url.empty()) return token;
  return act_as(context.parts, url, token.value, context.stop);
}

struct FileKind {
  std::string_view type;
  Result<cloud::Token> (*token)(const Context&, const Value&);
};
constexpr std::array<FileKind, 3> kinds = {{{"service_account", of_service_account},
                                            {"authorized_user", of_person},
                                            {"external_account", of_federation}}};

Result<cloud::Token> of_file(const Context& context, const std::string& path, std::string text) {
  const Wiped bytes(std::move(text));
  auto parsed = parse_json(*bytes, JsonMode::plain);
  if (!parsed) return fail(Cause::config, fmt::format("'{}' is no JSON", path));
  const WipedValue document(*std::move(parsed));
  const std::string type = text_at(*document, "type");
  for (const FileKind& kind : kinds)
    if (kind.type == type) return kind.token(context, *document);
  return fail(Cause::config, fmt::format("'{}' holds credentials of the unknown type '{}'", path, type),
              "service_account, authorized_user and external_account are read");
}

Result<cloud::Token> of_metadata(const Context& context) {
  const std::string* host = context.parts.variable("GCE_METADATA_HOST");
  cloud::Question question{.name = "google: metadata server"};
  question.is_quick = true;
  question.request = {.operation = "secrets.google",
                      .url =
                          fmt::format("http://{}/computeMetadata/v1/instance/service-accounts/default/token",
                                      host ? *host : "metadata.google.internal"),
                      .headers = {{"Metadata-Flavor", "Google"}},
                      .timeout = metadata_timeout,
                      .connect_timeout = metadata_timeout};
  const auto answer = cloud::exchange(context.parts, question, context.stop);
  if (!answer && answer.error().cause == Cause::cancelled) return fail(answer.error());
  if (!answer)
    return fail(Cause::auth, "no credentials for Google were found",
                "set GOOGLE_APPLICATION_CREDENTIALS, run `gcloud auth application-default login`, or write "
                "workload_identity_provider and identity under `providers`");
  if (!answer->is_good()) return fail(cloud::refusal(question, *answer));
  return oauth_token(context.parts, *answer->body, question.name);
}

// The file that is meant, or that gcloud left; empty: there is none.
Result<std::string> find_file(const Context& context, const Settings& settings, std::string& path) {
  const std::string* home = context.parts.variable("HOME");
  const std::string* folder = context.parts.variable("CLOUDSDK_CONFIG");
  path = settings.credentials_file;
  const bool is_meant = !path.empty();
  if (path.starts_with("~/") && home) path = *home + path.substr(1);
  if (is_meant && !path.starts_with('/')) path = context.parts.directory + "/" + path;
  if (!is_meant && !folder && !home) return "";
  if (!is_meant)
    path = (folder ? *folder : *home + "/.config/gcloud") + "/application_default_credentials.json";
  auto text = context.parts.read_file(path, longest_file);
  if (!text && !is_meant && text.error().cause == Cause::not_found) return "";
  return text;
}

Result<cloud::Token> base_token(const Context& context, const Settings& settings) {
  if (!settings.workload_identity_provider.empty()) {
    const std::string audience = "//iam.googleapis.com/" + settings.workload_identity_provider;
    cloud::Identity identity = settings.identity;
    if (identity.audience.empty()) identity.audience = "https:" + audience;
    DEPLOYCTL_TRY(const Secret subject, cloud::identity_token(context.parts, identity, context.stop));
    return exchange_token(context.parts, {.audience = audience}, subject, context.stop);
  }
  std::string path;
  DEPLOYCTL_TRY(std::string text, find_file(context, settings, path));
  return text.empty() ? of_metadata(context) : of_file(context, path, std::move(text));
}

} // namespace

Settings read_settings(const cloud::Written& written) {
  return {.credentials_file = written.text("credentials_file", {"GOOGLE_APPLICATION_CREDENTIALS"}),
          .workload_identity_provider = written.text("workload_identity_provider"),
          .identity = {.from = written.text("identity"),
                       .file = written.text("identity_file"),
                       .audience = written.text("audience")},
          .service_account = written.text("service_account"),
          .location = written.text("location")};
}

Result<cloud::Token> access_token(const cloud::Parts& parts, const Settings& settings,
                                  const std::stop_token& stop) {
  DEPLOYCTL_TRY(cloud::Token token, base_token({parts, stop}, settings));
  if (settings.service_account.empty()) return token;
  return act_as(parts, act_as_url(settings.service_account), token.value, stop);
}

} // namespace deployctl::gcp
