// The invariants of the engine as a simulation checks them. docs/invariants.md is their text; a test holds
// the two against each other.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace deployctl::engine::rehearsal {

enum class Check {
  intent_first,
  needs_first,
  prepared_first,
  wave_by_wave,
  bounded,
  opaque_once,
  keyed_once,
  one_epoch,
  approved_only,
  nothing_after_wind_down,
  pending_known,
  journal_complete,
  world_report,
  exit_code,
  unlock_last,
  release_complete,
  told_committed,
  nothing_under_way,
  comes_to_an_end,
};

struct CheckInfo {
  Check check;
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array<CheckInfo, 19> check_table = {{
    {Check::intent_first, "intent_first", "no effect begins before its intent is durable"},
    {Check::needs_first, "needs_first", "no effect begins before every step it needs has ended well"},
    {Check::prepared_first, "prepared_first",
     "no target is touched before all targets of its step are prepared"},
    {Check::wave_by_wave, "wave_by_wave", "no wave begins before the one before it has ended"},
    {Check::bounded, "bounded", "no more jobs run at once than allowed"},
    {Check::opaque_once, "opaque_once", "no opaque stage takes effect twice without a person's word"},
    {Check::keyed_once, "keyed_once", "no keyed or marked stage takes effect twice"},
    {Check::one_epoch, "one_epoch", "once a target has seen an epoch, no lower one has an effect there"},
    {Check::approved_only, "approved_only",
     "a step that outgrew its approval, or whose target drifted, has no effect"},
    {Check::nothing_after_wind_down, "nothing_after_wind_down", "after an interrupt no stage starts"},
    {Check::pending_known, "pending_known", "while a run has effects, the cell names it as pending"},
    {Check::journal_complete, "journal_complete", "the journal tells every target that was touched"},
    {Check::world_report, "world_report", "changed is changed, reverted is as before, unlisted is untouched"},
    {Check::exit_code, "exit_code", "the exit code fits the world"},
    {Check::unlock_last, "unlock_last", "a run that ended gives the lock back only after its commit"},
    {Check::release_complete, "release_complete",
     "the current release is recorded, whole, and by a run that ended well"},
    {Check::told_committed, "told_committed", "what a swap did is what its caller is told"},
    {Check::nothing_under_way, "nothing_under_way",
     "nothing of a run is under way when it says that it ended"},
    {Check::comes_to_an_end, "comes_to_an_end", "without further faults every run comes to an end"},
}};

std::string_view to_text(Check check);

struct Violation {
  Check check;
  std::string detail;
};

class Checks {
public:
  void violate(Check check, std::string detail) { violations_.push_back({check, std::move(detail)}); }
  void require(bool holds, Check check, const std::string& detail) {
    if (!holds) violate(check, detail);
  }
  [[nodiscard]] const std::vector<Violation>& violations() const { return violations_; }

private:
  std::vector<Violation> violations_;
};

} // namespace deployctl::engine::rehearsal
