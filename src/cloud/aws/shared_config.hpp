// The files ~/.aws/config and ~/.aws/credentials as a value. Pure: where they lie and who reads them is
// settings.hpp. What a key means is up to those who look for it.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::aws {

// Keys in lower case. A key without a value may have a block of its own below it.
struct Section {
  std::map<std::string, std::string, std::less<>> values;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> blocks;

  [[nodiscard]] const std::string* find(std::string_view key) const; // null: not there, or empty
  [[nodiscard]] const std::string* find(std::string_view block, std::string_view key) const;
};

using Sections = std::map<std::string, Section, std::less<>>;

struct SharedConfig {
  Sections profiles;
  Sections sso_sessions;
  Sections services;

  [[nodiscard]] const Section* profile(std::string_view name) const;
};

// `config`: "[profile x]", "[sso-session x]", "[services x]" and "[default]"; others mean nothing there.
// `credentials`: "[x]" is a profile.
enum class SharedFile { config, credentials };

// Cause::config with the line in the message, which never quotes a value. Names that nobody can ask for are
// left out.
Result<SharedConfig> parse_shared_config(std::string_view text, SharedFile file);

// One profile of both files: what the credentials file says wins, key by key.
SharedConfig merged(SharedConfig config, const SharedConfig& credentials);

} // namespace deployctl::aws
