#include "cloud/gcp/federation.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/wiped.hpp"
#include "net/url.hpp"

namespace deployctl::gcp {

Status check_endpoint(const std::string& url, const std::string& what) {
  DEPLOYCTL_TRY(const net::Url parsed, net::parse_url(url));
  if (parsed.scheme == "https" && parsed.host.ends_with(".googleapis.com")) return {};
  return fail(Cause::config,
              fmt::format("{} is to be sent to '{}', which is none of Google's", what, parsed.origin()),
              "a credentials file from elsewhere could carry them away; use one that Google made");
}

Result<cloud::Token> oauth_token(const cloud::Parts& parts, const Value& answer, const std::string& what) {
  const Wiped token(cloud::text_at(answer, "access_token"));
  if (token->empty()) return fail(Cause::auth, what + " was answered without an access token");
  return cloud::Token{.value = Secret::reference("google.access_token").resolved_with(*token),
                      .expires = cloud::expiry(parts, cloud::number_at(answer, "expires_in"))};
}

Result<cloud::Token> exchange_token(const cloud::Parts& parts, const Exchange& exchange,
                                    const Secret& subject, const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_endpoint(exchange.url, "the identity token"));
  cloud::Question question{.name = "google: token exchange"};
  question.request = {.operation = "secrets.google", .method = "POST", .url = exchange.url};
  question.request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
  DEPLOYCTL_TRY(question.request.body,
                form_body({{"grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"},
                           {"audience", exchange.audience},
                           {"scope", std::string(cloud_scope)},
                           {"requested_token_type", "urn:ietf:params:oauth:token-type:access_token"},
                           {"subject_token_type", exchange.token_type},
                           {"subject_token", subject}}));
  DEPLOYCTL_TRY(const WipedValue answer, cloud::ask(parts, question, stop));
  return oauth_token(parts, *answer, question.name);
}

std::string act_as_url(const std::string& service_account) {
  return fmt::format(
      "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{}:generateAccessToken",
      percent_encode(service_account, "@"));
}

Result<cloud::Token> act_as(const cloud::Parts& parts, const std::string& url, const Secret& with,
                            const std::stop_token& stop) {
  DEPLOYCTL_CHECK(check_endpoint(url, "the access token"));
  parts.learn(with);
  cloud::Question question{.name = "google: acting as the service account"};
  question.request = {.operation = "secrets.google", .method = "POST", .url = url};
  DEPLOYCTL_TRY(Text bearer, join_text({"Bearer ", with}));
  question.request.headers = {{"Authorization", std::move(bearer)}, {"Content-Type", "application/json"}};
  DEPLOYCTL_TRY(question.request.body,
                json_body(Value::Map{{"scope", Value::List{cloud_scope}}, {"lifetime", "3600s"}}));
  DEPLOYCTL_TRY(const WipedValue answer, cloud::ask(parts, question, stop));
  const Wiped token(cloud::text_at(*answer, "accessToken"));
  const auto expires = parse_time(cloud::text_at(*answer, "expireTime"));
  if (token->empty() || !expires)
    return fail(Cause::auth, question.name + " was answered without an access token");
  return cloud::Token{.value = Secret::reference("google.access_token").resolved_with(*token),
                      .expires = *expires};
}

} // namespace deployctl::gcp
