// The files in which docker and podman keep credentials, read into entries by host and namespace. Pure;
// where such files lie is credentials.hpp.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "registry/reference.hpp"

namespace deployctl::registry {

struct AuthEntry {
  std::string user;
  std::string password;
  std::string identity_token;
  std::string registry_token;
};

struct AuthFile {
  std::map<std::string, AuthEntry> entries;   // by "host" or "host/name/space"
  std::map<std::string, std::string> helpers; // by host
  std::string store;                          // the helper for all other hosts; empty: none

  // The entry with the longest key that covers the repository; null: none.
  [[nodiscard]] const AuthEntry* find(const Repository& repository) const;
  [[nodiscard]] std::string helper_for(const std::string& host) const; // empty: none
};

// `old_form`: entries stand at the top, as in .dockercfg. An entry that says nothing (a helper has it) is
// left out. Cause::config, without a byte of the content.
Result<AuthFile> parse_auth_file(std::string_view text, bool old_form = false);

} // namespace deployctl::registry
