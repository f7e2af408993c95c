#include "cloud/identity.hpp"

#include <fmt/core.h>

#include "base/body.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"

namespace deployctl::cloud {
namespace {

constexpr std::size_t longest_token = 64U << 10;

Secret learned(const Parts& parts, std::string_view bytes) {
  Secret token = Secret::reference("identity token").resolved_with(bytes);
  parts.learn(token);
  return token;
}

Result<Secret> token_of_github(const Parts& parts, const std::string& audience, const std::stop_token& stop) {
  const std::string* url = parts.variable("ACTIONS_ID_TOKEN_REQUEST_URL");
  const std::string* request_token = parts.variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (!url || !request_token)
    return fail(Cause::auth, "GitHub gives this job no identity: ACTIONS_ID_TOKEN_REQUEST_URL is not set",
                "allow it in the workflow: permissions: { id-token: write }");
  const Secret bearer = learned(parts, *request_token);
  Question question{.name = "the identity token of GitHub"};
  question.request = {.operation = "identity.github", .url = *url};
  if (!audience.empty()) {
    const char* glue = url->find('?') == std::string::npos ? "?" : "&";
    question.request.url += fmt::format("{}audience={}", glue, percent_encode(audience));
  }
  DEPLOYCTL_TRY(Text authorization, join_text({"Bearer ", bearer}));
  question.request.headers = {{"Authorization", std::move(authorization)}, {"Accept", "application/json"}};
  DEPLOYCTL_TRY(const WipedValue answer, ask(parts, question, stop));
  const Value* token = answer->find("value");
  if (!token || !token->text() || token->text()->empty())
    return fail(Cause::auth, question.name + " was answered without one");
  return learned(parts, *token->text());
}

} // namespace

Result<Secret> identity_token(const Parts& parts, const Identity& identity, const std::stop_token& stop) {
  if (identity.from == "github") return token_of_github(parts, identity.audience, stop);
  if (!identity.from.empty())
    return fail(Cause::config, fmt::format("'{}' is no source of identity", identity.from));
  if (identity.file.empty()) return fail(Cause::config, "no source of identity is set");
  const bool is_absolute = identity.file.starts_with('/');
  DEPLOYCTL_TRY(
      std::string text,
      parts.read_file(is_absolute ? identity.file : parts.directory + "/" + identity.file, longest_token));
  const Wiped bytes(std::move(text));
  const std::string_view token = trim(*bytes);
  if (token.empty()) return fail(Cause::auth, fmt::format("'{}' holds no token", identity.file));
  return learned(parts, token);
}

} // namespace deployctl::cloud
