// Everything that decides how AWS is talked to, gathered once: what the pipeline writes under `providers`,
// the environment, and the two shared files. A value; nothing is asked for over the network.
#pragma once

#include <functional>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "cloud/aws/endpoint.hpp"
#include "cloud/aws/shared_config.hpp"

namespace deployctl::aws {

// The bytes of a local file by absolute path, at most `limit`; not_found when it is not there.
using ReadFile = std::function<Result<std::string>(const std::string& path, std::size_t limit)>;

struct Settings {
  Environment environment;
  SharedConfig config;       // both files together
  Sections credentials_file; // of it alone: some links of the chain look there first
  std::string profile = "default";
  bool profile_is_written = false; // in the pipeline, not in the environment: goes before its keys
  std::string region;              // empty: none is set
  std::string endpoint_url;        // for all services
  std::string role_arn;            // assumed with what the chain gives
  std::string external_id;
  std::string session_name;
  std::string identity; // "github": role_arn is assumed by it, and nothing else is looked for
  std::string audience; // of the identity's token
  std::string account;  // that the keys must belong to; empty: any

  [[nodiscard]] const std::string* variable(std::string_view name) const; // null: not set, or empty
  [[nodiscard]] const Section* section() const;                           // of the profile
};

// `written`: the fields of base/store_settings.hpp, all of them text. Cause::config: a shared file that
// cannot be read as one, a profile that is in neither.
Result<Settings> read_settings(const Value& written, const Environment& environment,
                               const ReadFile& read_file);

} // namespace deployctl::aws
