// Bugs that a simulation can be given, to show that it would find them. Parameters of simulated controllers:
// the engine itself has no such switches.
#pragma once

#include <array>
#include <string_view>

namespace deployctl::engine::rehearsal {

enum class Bug {
  none,
  unlock_before_commit,
  swap_timeout_is_lost,
  epoch_unchecked,
  outcome_lost_on_disk_error,
  resume_repeats_opaque,
};

struct BugInfo {
  Bug bug;
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array<BugInfo, 6> bug_table = {{
    {Bug::none, "none", "the engine as it is"},
    {Bug::unlock_before_commit, "unlock_before_commit", "the lock goes back before the commit"},
    {Bug::swap_timeout_is_lost, "swap_timeout_is_lost", "a swap that timed out is read as lost"},
    {Bug::epoch_unchecked, "epoch_unchecked", "nobody compares epochs"},
    {Bug::outcome_lost_on_disk_error, "outcome_lost_on_disk_error",
     "an outcome that was not written counts as written"},
    {Bug::resume_repeats_opaque, "resume_repeats_opaque", "a resumed run does an opaque stage again"},
}};

} // namespace deployctl::engine::rehearsal
