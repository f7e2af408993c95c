#include "registry/auth_file.hpp"

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/members.hpp"
#include "base/strings.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t largest_file = 1U << 20;

// "https://index.docker.io/v1/" and "ghcr.io/team" as "docker.io" and "ghcr.io/team"; empty: no key of ours.
std::string normal_key(std::string_view key) {
  const auto host = parse_host(key);
  if (!host) return {};
  std::string_view rest = key;
  if (const auto scheme = rest.find("://"); scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
  const auto slash = rest.find('/');
  std::string path(slash == std::string_view::npos ? "" : rest.substr(slash));
  while (path.ends_with('/')) path.pop_back();
  if (path == "/v1" || path == "/v2") path.clear();
  return *host + path;
}

Result<AuthEntry> read_entry(const std::string& key, const Value& value) {
  AuthEntry entry{.user = text_at(value, "username"),
                  .password = text_at(value, "password"),
                  .identity_token = text_at(value, "identitytoken"),
                  .registry_token = text_at(value, "registrytoken")};
  const std::string pair = text_at(value, "auth");
  if (pair.empty()) return entry;
  const auto decoded = from_base64(pair);
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos)
    return fail(Cause::config, fmt::format("'auth' of '{}' is not the base64 of user:password", key));
  entry.user = decoded->substr(0, colon);
  entry.password = decoded->substr(colon + 1);
  while (entry.password.ends_with('\0')) entry.password.pop_back(); // old clients padded with them
  return entry;
}

} // namespace

const AuthEntry* AuthFile::find(const Repository& repository) const {
  for (std::string key = repository.text(); !key.empty();) {
    if (const auto found = entries.find(key); found != entries.end()) return &found->second;
    const auto slash = key.rfind('/');
    key.resize(slash == std::string::npos ? 0 : slash);
  }
  return nullptr;
}

std::string AuthFile::helper_for(const std::string& host) const {
  const auto found = helpers.find(host);
  return found == helpers.end() ? store : found->second;
}

Result<AuthFile> parse_auth_file(std::string_view text, bool old_form) {
  const auto document = parse_json(text, JsonMode::plain, {.bytes = largest_file, .depth = 16});
  if (!document || !document->map()) return fail(Cause::config, "it is not a JSON object");
  AuthFile file;
  const Value* auths = old_form ? &*document : document->find("auths");
  if (auths && auths->map())
    for (const auto& [key, value] : *auths->map()) {
      const std::string place = normal_key(key);
      if (place.empty()) continue;
      DEPLOYCTL_TRY(AuthEntry entry, read_entry(key, value));
      const bool says =
          !entry.password.empty() || !entry.identity_token.empty() || !entry.registry_token.empty();
      if (says) file.entries.emplace(place, std::move(entry));
    }
  if (old_form) return file;
  for (const auto& [key, helper] : text_map_at(*document, "credHelpers"))
    if (const auto host = parse_host(key)) file.helpers.emplace(*host, helper);
  file.store = text_at(*document, "credsStore");
  return file;
}

} // namespace deployctl::registry
