// Sign-in by a portal: the token that `aws sso login` left, renewed while that is possible.
#include <fmt/core.h>

#include "base/crypto_sha1.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "cloud/aws/credential_links.hpp"

namespace deployctl::aws {
namespace {

constexpr std::size_t longest_cache = 256U << 10;
constexpr auto renewed_before = std::chrono::minutes(15);
constexpr KeyNames role_keys{"roleCredentials.accessKeyId", "roleCredentials.secretAccessKey",
                             "roleCredentials.sessionToken", "roleCredentials.expiration"};

struct SignIn {
  std::string profile;
  std::string account;
  std::string role;
  std::string region;     // of the portal
  std::string cache_name; // what the file in the cache is named after
};

std::optional<WallTime> time_at(const Value& document, std::string_view name) {
  const auto time = parse_time(text_at(document, name));
  return time ? std::optional(*time) : std::nullopt;
}

tl::unexpected<Error> sign_in_again(const SignIn& sign_in, std::string_view why) {
  return fail(Cause::auth, fmt::format("the SSO sign-in of profile '{}' {}", sign_in.profile, why),
              fmt::format("run: aws sso login --profile {}", sign_in.profile));
}

// A key may stand in the profile, in its session, or in both: then they have to agree.
Result<std::string> agreed(const Section& section, const Section* session, std::string_view key,
                           const std::string& profile) {
  const std::string* own = section.find(key);
  const std::string* shared = session ? session->find(key) : nullptr;
  if (own && shared && *own != *shared)
    return fail(Cause::config, fmt::format("profile '{}' and its sso-session differ in {}: '{}' and '{}'",
                                           profile, key, *own, *shared));
  if (!own && !shared) return fail(Cause::config, fmt::format("profile '{}' has no {}", profile, key));
  return own ? *own : *shared;
}

Result<SignIn> read_sign_in(const Settings& settings, const Section& section, const std::string& profile) {
  const std::string* name = section.find("sso_session");
  const Section* session = nullptr;
  if (name) {
    const auto found = settings.config.sso_sessions.find(*name);
    if (found == settings.config.sso_sessions.end())
      return fail(Cause::config,
                  fmt::format("profile '{}' names the sso-session '{}', which is not there", profile, *name));
    session = &found->second;
  }
  SignIn out{.profile = profile};
  DEPLOYCTL_TRY(out.account, agreed(section, nullptr, "sso_account_id", profile));
  DEPLOYCTL_TRY(out.role, agreed(section, nullptr, "sso_role_name", profile));
  DEPLOYCTL_TRY(out.region, agreed(section, session, "sso_region", profile));
  DEPLOYCTL_TRY(const std::string start, agreed(section, session, "sso_start_url", profile));
  out.cache_name = name ? *name : start;
  return out;
}

// The cached document with a new token in it, which is written back for everyone who uses the cache.
Result<Value> renew(const ChainContext& context, const SignIn& sign_in, const std::string& path,
                    Value cached) {
  const WallTime now = context.parts.ports.clock.wall();
  const auto registered = time_at(cached, "registrationExpiresAt");
  if (text_at(cached, "refreshToken").empty() || (registered && *registered <= now))
    return sign_in_again(sign_in, "has expired");
  Value::Map body{{"grantType", "refresh_token"}};
  for (const char* name : {"clientId", "clientSecret", "refreshToken"}) {
    const Secret part = Secret::reference("aws.sso_client").resolved_with(text_at(cached, name));
    body.emplace(name, part);
  }
  DEPLOYCTL_TRY(WireRequest request, rest_json_request("CreateToken", "POST", "/token", {}, body));
  request.is_signed = false;
  DEPLOYCTL_TRY(const WipedValue answer, context.caller.call({.service = sso_oidc,
                                                              .operation = "aws.sso_oidc",
                                                              .request = std::move(request),
                                                              .region = sign_in.region},
                                                             nullptr, context.stop));
  const Value* seconds = answer->find("expiresIn");
  if (text_at(*answer, "accessToken").empty() || !seconds || !seconds->get<std::int64_t>())
    return fail(Cause::auth, "the SSO service renewed no token");
  cached["accessToken"] = text_at(*answer, "accessToken");
  cached["expiresAt"] = format_time(now + std::chrono::seconds(*seconds->get<std::int64_t>()));
  if (!text_at(*answer, "refreshToken").empty()) cached["refreshToken"] = text_at(*answer, "refreshToken");
  DEPLOYCTL_CHECK(context.parts.write_file(path, to_json(cached, JsonMode::plain)));
  return cached;
}

Result<Secret> token_of(const ChainContext& context, const SignIn& sign_in) {
  const std::string* home = context.settings.variable("HOME");
  if (!home) return fail(Cause::config, "the SSO cache needs the variable HOME, which is not set");
  const std::string path = fmt::format("{}/.aws/sso/cache/{}.json", *home, sha1_hex(sign_in.cache_name));
  const auto text = context.parts.read_file(path, longest_cache);
  if (!text && text.error().cause == Cause::not_found) return sign_in_again(sign_in, "was never made");
  if (!text) return fail(text.error());
  auto cached = parse_json(*text, JsonMode::plain);
  const auto expires = cached ? time_at(*cached, "expiresAt") : std::nullopt;
  if (!expires || text_at(*cached, "accessToken").empty())
    return sign_in_again(sign_in, "has no token in its cache");
  const auto left = *expires - context.parts.ports.clock.wall();
  if (left < renewed_before) {
    auto renewed = renew(context, sign_in, path, *cached);
    if (renewed)
      cached = *std::move(renewed);
    else if (left <= std::chrono::seconds(0))
      return fail(std::move(renewed).error());
  }
  const Secret token = Secret::reference("aws.sso_token").resolved_with(text_at(*cached, "accessToken"));
  context.parts.learn(token);
  return token;
}

} // namespace

Result<LinkAnswer> from_sso(const ChainContext& context, const std::string& profile) {
  const Section* section = context.settings.config.profile(profile);
  if (!section || (!section->find("sso_session") && !section->find("sso_start_url")))
    return LinkAnswer{.why_not = fmt::format("profile '{}' has no sso_session", profile)};
  DEPLOYCTL_TRY(const SignIn sign_in, read_sign_in(context.settings, *section, profile));
  DEPLOYCTL_TRY(const Secret token, token_of(context, sign_in));
  DEPLOYCTL_TRY(WireRequest request,
                rest_json_request("GetRoleCredentials", "GET", "/federation/credentials",
                                  {{"role_name", sign_in.role}, {"account_id", sign_in.account}}));
  request.is_signed = false;
  request.headers.emplace_back("x-amz-sso_bearer_token", token);
  const auto answer = context.caller.call(
      {.service = sso, .operation = "aws.sso", .request = std::move(request), .region = sign_in.region},
      nullptr, context.stop);
  if (!answer && answer.error().cause == Cause::auth) return sign_in_again(sign_in, "is not valid any more");
  if (!answer) return fail(answer.error());
  DEPLOYCTL_TRY(Credentials keys,
                read_keys(**answer, role_keys, fmt::format("profile '{}' via SSO", profile)));
  keys.account = sign_in.account;
  return LinkAnswer{.credentials = std::move(keys)};
}

} // namespace deployctl::aws
