// Whether an environment is frozen at an instant, until when, and why. Pure. Where the clocks change a window
// is as long as it can be read: a doubled hour is frozen twice.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"
#include "config/deployment_rules.hpp"

namespace deployctl::policy {

struct Frozen {
  std::optional<WallTime> until; // when nothing is frozen any more; none: other windows follow without end
  std::string window;            // "fri 16:00 to mon 08:00 Asia/Taipei"
  std::string reason;            // as written; may be empty
};

// None: nothing is frozen. Error (config) when a zone is not known to this machine: who cannot tell must not
// deploy.
Result<std::optional<Frozen>> frozen_at(const std::vector<config::FreezeWindow>& windows, WallTime instant);

// "frozen until 2026-11-23T00:00:00.000Z by 'fri 16:00 to mon 08:00 Asia/Taipei': weekend"
std::string to_text(const Frozen& frozen);

} // namespace deployctl::policy
