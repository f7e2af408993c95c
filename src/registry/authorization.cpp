#include "registry/authorization.hpp"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"
#include "registry/fault.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_answer = 64U << 10;
constexpr std::int64_t shortest_life = 60; // seconds; also when the server says nothing or less
constexpr std::int64_t longest_life = 86'400;
constexpr const char* client_id = "deployctl";

} // namespace

struct Authorization::Wanted {
  net::Url realm;
  std::string service;
  std::vector<std::string> scopes;
  const Access& access;
  HostMemory& host;

  [[nodiscard]] std::string key() const {
    const std::set<std::string> sorted(scopes.begin(), scopes.end());
    return realm.text() + "\n" + service + "\n" + deployctl::join({sorted.begin(), sorted.end()}, " ");
  }
};

Result<std::optional<Text>> Authorization::header(const Access& access, std::chrono::seconds least,
                                                  const std::stop_token& stop) {
  const ClientParts& parts = transport_.parts();
  const auto challenge = parts.memory.host(access.repository.host).challenge();
  if (!challenge) return std::nullopt;
  DEPLOYCTL_TRY(const Credential credential, parts.credentials.credential(access.repository, stop));
  if (credential.access_token.is_resolved()) return join_text({"Bearer ", credential.access_token});
  if (challenge->scheme == "bearer") return token(access, *challenge, least, stop);
  if (credential.anonymous())
    return fail(Cause::auth,
                fmt::format("'{}' wants a user and a password, and none are known", access.repository.host),
                "run 'docker login " + access.repository.host + "'");
  return basic_authorization(credential.user, credential.password);
}

Result<bool> Authorization::refused(const Access& access, const HttpResponse& response, BootTime sent) {
  HostMemory& host = transport_.parts().memory.host(access.repository.host);
  const auto challenges = challenges_of(response);
  const Challenge* challenge = preferred(challenges);
  if (!challenge) return false;
  host.learn_challenge(*challenge);
  if (challenge->scheme != "bearer") return true;
  DEPLOYCTL_TRY(const Wanted shown, wanted(access, *challenge));
  TokenSlot& slot = host.slot(shown.key());
  const std::lock_guard lock(slot.mutex);
  if (slot.token && slot.token->fetched <= sent) slot.token.reset();
  return true;
}

Result<Authorization::Wanted> Authorization::wanted(const Access& access, const Challenge& challenge) const {
  DEPLOYCTL_TRY(const net::Url origin, net::parse_url(transport_.origin(access.repository.host)));
  DEPLOYCTL_TRY(net::Url realm, net::join(origin, challenge.parameter("realm")));
  DEPLOYCTL_CHECK(check_detour(origin, realm));
  return Wanted{std::move(realm), challenge.parameter("service"), access.scopes(), access,
                transport_.parts().memory.host(access.repository.host)};
}

Result<std::string> Authorization::who(const Access& access, const std::stop_token& stop) const {
  DEPLOYCTL_TRY(const Credential credential,
                transport_.parts().credentials.credential(access.repository, stop));
  if (credential.anonymous())
    return "anonymously; no credentials for '" + access.repository.host + "' were found";
  return fmt::format("as '{}' of {}", credential.user, credential.source);
}

Result<Text> Authorization::token(const Access& access, const Challenge& challenge,
                                  std::chrono::seconds least, const std::stop_token& stop) {
  const ClientParts& parts = transport_.parts();
  DEPLOYCTL_TRY(const Wanted asked, wanted(access, challenge));
  TokenSlot& slot = asked.host.slot(asked.key());
  const std::lock_guard lock(slot.mutex);
  if (slot.token) {
    const BootTime left = slot.token->until - parts.clock.boot();
    if (left > std::min<BootTime>(least, slot.token->lifetime / 2))
      return join_text({"Bearer ", slot.token->text});
  }
  DEPLOYCTL_TRY(const Credential credential, parts.credentials.credential(access.repository, stop));
  DEPLOYCTL_TRY(slot.token, fetch(asked, credential, stop));
  return join_text({"Bearer ", slot.token->text});
}

Result<Token> Authorization::fetch(const Wanted& wanted, const Credential& credential,
                                   const std::stop_token& stop) {
  auto token = [&]() -> Result<Token> {
    DEPLOYCTL_TRY(const HttpResponse response, ask(wanted, credential, stop));
    return read({.url = wanted.realm.text()}, response);
  }();
  return std::move(token).map_error([&](Error error) {
    return std::move(error).in(
        fmt::format("while asking for a token {} for {}",
                    credential.anonymous() ? "anonymously" : "with " + credential.source,
                    deployctl::join(wanted.scopes, " ")));
  });
}

Result<HttpResponse> Authorization::ask(const Wanted& wanted, const Credential& credential,
                                        const std::stop_token& stop) {
  const HostSettings settings = transport_.settings(wanted.access.repository.host);
  HttpRequest request{.operation = "token",
                      .url = wanted.realm.text(),
                      .response_limit = largest_answer,
                      .ca_file = settings.ca_file};
  if (credential.identity_token.is_resolved()) {
    HttpRequest exchange = request;
    exchange.operation = "exchange_token";
    exchange.method = "POST";
    exchange.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    DEPLOYCTL_TRY(exchange.body, form_body({{"grant_type", "refresh_token"},
                                            {"refresh_token", credential.identity_token},
                                            {"service", wanted.service},
                                            {"client_id", client_id},
                                            {"scope", deployctl::join(wanted.scopes, " ")}}));
    DEPLOYCTL_TRY(HttpResponse answer, transport_.send(exchange, wanted.host, Again::when_it_helps, stop));
    const bool unknown = answer.status == 404 || answer.status == 405 || answer.status == 401;
    if (!unknown) return answer; // otherwise the older way
  }
  std::string query = wanted.realm.query;
  const auto add = [&query](const std::string& name, const std::string& value) {
    if (!value.empty()) query += (query.empty() ? "" : "&") + name + "=" + percent_encode(value, "/:,");
  };
  add("service", wanted.service);
  for (const std::string& scope : wanted.scopes) add("scope", scope);
  add("client_id", client_id);
  if (credential.password.is_resolved()) {
    add("account", credential.user);
    DEPLOYCTL_TRY(Text basic, basic_authorization(credential.user, credential.password));
    request.headers.emplace_back("Authorization", std::move(basic));
  }
  net::Url url = wanted.realm;
  url.query = query;
  request.url = url.text();
  return transport_.send(request, wanted.host, Again::when_it_helps, stop);
}

Result<Token> Authorization::read(const HttpRequest& request, const HttpResponse& response) const {
  if (response.status != 200) return fail(error_of(request, response));
  const auto document = parse_json(response.body, JsonMode::plain, {.bytes = largest_answer, .depth = 8});
  std::string text = document ? text_at(*document, "token") : "";
  if (document && text.empty()) text = text_at(*document, "access_token");
  if (text.empty())
    return fail(Cause::auth, fmt::format("GET {}: the answer holds no token", shown_url(request.url)));
  const std::int64_t life =
      std::clamp(number_at(*document, "expires_in").value_or(-1), shortest_life, longest_life);
  const BootTime lifetime = std::chrono::seconds(life);
  const BootTime now = transport_.parts().clock.boot();
  Token token{.text = Secret::reference("registry access token").resolved_with(text),
              .fetched = now,
              .until = now + lifetime,
              .lifetime = lifetime};
  if (transport_.parts().learn) transport_.parts().learn(token.text);
  return token;
}

} // namespace deployctl::registry
