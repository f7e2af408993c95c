// Which version of its API is spoken with an engine: the newest that both sides know. Pure.
#pragma once

#include <string>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::docker {

inline constexpr int oldest_minor = 40; // of API 1.x; Docker 19.03
inline constexpr int newest_minor = 47;

struct ServerVersion {
  std::string version;    // "20.10.24", for people
  std::string api;        // the newest it speaks: "1.41"
  std::string oldest_api; // the oldest it speaks
  std::string platform;   // of its machine: "linux/amd64"
};

ServerVersion read_version(const Value& answer);
// "1.41"; not_found when the two sides have none in common, naming both: the host lacks an engine to speak
// with, which is no mistake of the pipeline.
Result<std::string> common_version(const ServerVersion& server);

} // namespace deployctl::docker
