// The links of the credential chain, one function each: every place where keys for AWS may lie or be asked
// for. Their order, refreshing and sharing are credential_chain.hpp.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/ports/processes.hpp>
#include <deployctl/value.hpp>

#include "cloud/aws/caller.hpp"
#include "cloud/aws/credentials.hpp"
#include "cloud/aws/settings.hpp"

namespace deployctl::aws {

// Replaces a file for its owner alone (SSO tokens that were renewed).
using WriteFile = std::function<Status(const std::string& path, const std::string& bytes)>;
// Tells the redactor, before anyone else sees the secret.
using LearnSecret = std::function<void(const Secret&)>;

struct ChainParts {
  CallerParts ports;
  Processes& processes;
  ReadFile read_file;
  WriteFile write_file;
  LearnSecret learn;
};

struct ChainContext {
  const ChainParts& parts;
  const Settings& settings;
  Caller& caller;
  std::stop_token stop;
};

// Keys, or why this link has none. An error is final: the link was meant, but does not work.
struct LinkAnswer {
  std::optional<Credentials> credentials;
  std::string why_not;
};

Result<LinkAnswer> from_environment(const ChainContext& context);
Result<LinkAnswer> from_web_identity(const ChainContext& context); // of the environment, then of the profile
Result<LinkAnswer> from_container(const ChainContext& context);
Result<LinkAnswer> from_instance(const ChainContext& context);

// Of one section: that of the profile, or of another that it names as its source.
Result<LinkAnswer> from_assumed_role(const ChainContext& context, const std::string& profile);
Result<LinkAnswer> from_sso(const ChainContext& context, const std::string& profile);
Result<LinkAnswer> from_credentials_file(const ChainContext& context, const std::string& profile);
Result<LinkAnswer> from_process(const ChainContext& context, const std::string& profile);
Result<LinkAnswer> from_config_file(const ChainContext& context, const std::string& profile);

// The role of the settings, by the identity of this job that they name.
Result<Credentials> from_identity(const ChainContext& context);

struct Role {
  std::string arn;
  std::string session_name; // empty: one is made
  std::string external_id;
  std::string duration; // in seconds; empty: the role's own
  std::string told_as;  // "profile 'prod'"
};
Result<Credentials> assume_role(const ChainContext& context, const Role& role, const Credentials& with);

// Where the parts of a set of keys stand in a document.
struct KeyNames {
  std::string_view id;
  std::string_view secret;
  std::string_view token;
  std::string_view expires; // RFC 3339, or milliseconds since 1970
};
inline constexpr KeyNames metadata_keys{"AccessKeyId", "SecretAccessKey", "Token", "Expiration"};

// `source` is told in messages, which never hold a value of the document.
Result<Credentials> read_keys(const Value& document, const KeyNames& names, const std::string& source);

} // namespace deployctl::aws
