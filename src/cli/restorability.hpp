// Recorded releases together with whether they could be gone back to now, for `history --check` and for the
// choice that `rollback` offers.
#pragma once

#include <string>
#include <vector>

#include "cli/wiring.hpp"
#include "engine/restorable.hpp"

namespace deployctl::cli {

struct CheckedRelease {
  state::Release release;
  engine::Restorable restorable;
};

// The newest `limit` releases, newest first.
Result<std::vector<CheckedRelease>> check_releases(Wiring& wiring, int limit);

// "yes", "yes, but 1 secret with today's value", "no: the artifact of 'image' is not there any more (and 1
// more)"
std::string verdict_of(const engine::Restorable& restorable);
Value to_value(const engine::Restorable& restorable);

// done; denied when all that is missing is authentication or permission, else failed.
ExitCode exit_code_of(const std::vector<CheckedRelease>& releases);

} // namespace deployctl::cli
