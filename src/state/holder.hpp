// Who holds a stack's lock: a run, while its process lives, or a person, until they say otherwise.
#pragma once

#include <functional>
#include <map>
#include <string>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

#include "os/process_identity.hpp"

namespace deployctl::state {

enum class HolderKind { run, manual };

struct Holder {
  HolderKind kind = HolderKind::run;
  std::string run;             // ULID; empty for manual
  std::string command;         // "apply production"
  std::string message;         // manual: why
  std::string since;           // RFC 3339, UTC
  std::string link;            // to the CI job; empty outside CI
  Milliseconds lease{0};       // how long a renewal lasts; zero: it never expires by itself
  os::ProcessIdentity process; // manual: who ran `lock`, and where; its life does not matter

  friend bool operator==(const Holder&, const Holder&) = default;
};

Value to_value(const Holder& holder);
Result<Holder> holder_from(const Value& value);

// "run 01J… (apply production) by ann@laptop since 2026-03-14T09:26:53.589Z"
std::string describe(const Holder& holder);

// This process as the holder of kind run. `environment` gives the CI link (GITHUB_SERVER_URL, …_REPOSITORY,
// …_RUN_ID).
Holder this_process(std::string run, std::string command, std::string since,
                    const std::map<std::string, std::string, std::less<>>& environment);

} // namespace deployctl::state
