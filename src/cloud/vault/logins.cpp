// The auth methods: what each sends to be given a token.
#include <array>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/wiped.hpp"
#include "cloud/vault/session.hpp"

namespace deployctl::vault {
namespace {

struct Context {
  const cloud::Parts& parts;
  const Settings& settings;
  const SignIdentity& sign_identity;
  const std::stop_token& stop;
};

Result<WipedValue> post(const Context& context, const std::string& what, const std::string& path,
                        const Value& body, const std::optional<Secret>& token = {}) {
  cloud::Question asked = question(context.settings, what, "POST", path);
  DEPLOYCTL_TRY(asked.request.body, json_body(body));
  asked.request.headers.emplace_back("Content-Type", "application/json");
  if (token) asked.request.headers.emplace_back("X-Vault-Token", *token);
  return cloud::ask(context.parts, asked, context.stop);
}

// Vault answers proofs that it refuses with 400 as often as with 403.
Error as_refusal(Error error) {
  if (error.cause == Cause::config || error.cause == Cause::permission) error.cause = Cause::auth;
  return error;
}

// A wrapped one is a token for a single question.
Result<Secret> unwrapped(const Context& context, const Secret& wrapping) {
  DEPLOYCTL_TRY(const WipedValue answer,
                post(context, "unwrapping of the secret id", "sys/wrapping/unwrap", Value::Map{}, wrapping)
                    .map_error(as_refusal));
  const Wiped found(cloud::text_at(*answer, "data.secret_id"));
  if (found->empty()) return fail(Cause::auth, "what the wrapping token wraps is no secret id");
  Secret secret = Secret::reference("vault.secret_id").resolved_with(*found);
  context.parts.learn(secret);
  return secret;
}

Result<Value> approle_body(const Context& context) {
  Value::Map body{{"role_id", context.settings.role_id}};
  if (!context.settings.secret_id) return body;
  Secret secret = *context.settings.secret_id;
  if (context.settings.secret_id_wrapped) {
    DEPLOYCTL_TRY(secret, unwrapped(context, secret));
  }
  body.emplace("secret_id", secret);
  return body;
}

Result<Value> jwt_body(const Context& context) {
  Value::Map body;
  if (!context.settings.role.empty()) body.emplace("role", context.settings.role);
  if (context.settings.jwt) {
    body.emplace("jwt", *context.settings.jwt);
    return body;
  }
  DEPLOYCTL_TRY(Secret token, cloud::identity_token(context.parts, context.settings.identity, context.stop));
  body.emplace("jwt", std::move(token));
  return body;
}

Result<Value> aws_body(const Context& context) {
  if (!context.sign_identity) return fail(Cause::internal, "nothing signs for AWS here");
  DEPLOYCTL_TRY(const SignedIdentity made, context.sign_identity(context.settings.server_id, context.stop));
  DEPLOYCTL_TRY(const Text headers, base64_text(made.headers));
  Value::Map body{
      {"iam_http_request_method", "POST"},
      {"iam_request_url", to_base64(made.url)},
      {"iam_request_body", to_base64(made.body)},
      {"iam_request_headers", headers.secret() ? Value(*headers.secret()) : Value(*headers.plain())}};
  if (!context.settings.role.empty()) body.emplace("role", context.settings.role);
  return body;
}

std::optional<std::chrono::seconds> duration_at(const Value& value, std::string_view path) {
  const auto seconds = cloud::number_at(value, path);
  if (!seconds || *seconds <= 0) return std::nullopt;
  return std::chrono::seconds(std::min<std::int64_t>(*seconds, 366L * 86'400));
}

bool bool_at(const Value& value, std::string_view path) {
  const Value* found = value.find_path(path);
  const bool* flag = found ? found->get<bool>() : nullptr;
  return flag && *flag;
}

// A given token is looked up for its time. Who may not look has an unknown time.
Result<Login> given_token(const Context& context) {
  Login login{.token = *context.settings.token};
  cloud::Question asked = question(context.settings, "token", "GET", "auth/token/lookup-self");
  asked.request.headers.emplace_back("X-Vault-Token", login.token);
  DEPLOYCTL_TRY(const cloud::Answer answer, cloud::exchange(context.parts, asked, context.stop));
  if (answer.is_good()) {
    login.lasts = duration_at(*answer.body, "data.ttl");
    login.is_renewable = bool_at(*answer.body, "data.renewable");
  } else if (answer.status != 403) {
    return fail(cloud::refusal(asked, answer));
  }
  return login;
}

using MakeBody = Result<Value> (*)(const Context&);

MakeBody body_of(AuthMethod method) {
  switch (method) {
  case AuthMethod::approle:
    return approle_body;
  case AuthMethod::kubernetes:
  case AuthMethod::jwt:
    return jwt_body;
  case AuthMethod::aws:
    return aws_body;
  case AuthMethod::token:
    break;
  }
  return nullptr;
}

} // namespace

Result<Login> log_in(const cloud::Parts& parts, const Settings& settings, const SignIdentity& sign_identity,
                     const std::stop_token& stop) {
  const Context context{parts, settings, sign_identity, stop};
  const MakeBody make_body = body_of(settings.auth);
  if (!make_body) return given_token(context);
  DEPLOYCTL_TRY(const Value body, make_body(context));
  const std::string path = fmt::format("auth/{}/login", percent_encode(settings.auth_mount, "/"));
  DEPLOYCTL_TRY(
      const WipedValue answer,
      post(context, fmt::format("login at '{}'", settings.auth_mount), path, body).map_error(as_refusal));
  const Wiped token(cloud::text_at(*answer, "auth.client_token"));
  if (token->empty())
    return fail(Cause::auth, fmt::format("the login at '{}' gave no token", settings.auth_mount));
  Login login{.token = Secret::reference("vault.token").resolved_with(*token),
              .lasts = duration_at(*answer, "auth.lease_duration"),
              .is_renewable = bool_at(*answer, "auth.renewable"),
              .is_ours = true};
  parts.learn(login.token);
  return login;
}

} // namespace deployctl::vault
