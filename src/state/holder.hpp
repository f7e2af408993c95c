// Who holds a stack's lock: a run, while its process lives, or a person, until they say otherwise.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::state {

enum class HolderKind { run, manual };

struct Holder {
  HolderKind kind = HolderKind::run;
  std::string run;     // ULID; empty for manual
  std::string command; // "apply production"
  std::string message; // manual: why
  std::string user;
  std::string host;
  std::string since;         // RFC 3339, UTC
  std::string link;          // to the CI job; empty outside CI
  std::int64_t pid = 0;      // with the next two, one process for all time
  std::string process_start; // clock ticks since boot, from /proc/PID/stat
  std::string boot_id;

  friend bool operator==(const Holder&, const Holder&) = default;
};

Value to_value(const Holder& holder);
Result<Holder> holder_from(const Value& value);

// "run 01J… (apply production) by ann@laptop since 2026-03-14T09:26:53.589Z"
std::string describe(const Holder& holder);

// Whether the holder's process can still act: `unknown` when that cannot be seen from this machine. Manual:
// yes.
enum class Alive { yes, no, unknown };
Alive is_alive(const Holder& holder);

// This process as the holder of kind run. `environment` gives the CI link (GITHUB_SERVER_URL, …_REPOSITORY,
// …_RUN_ID).
Holder this_process(std::string run, std::string command, std::string since,
                    const std::map<std::string, std::string, std::less<>>& environment);

} // namespace deployctl::state
