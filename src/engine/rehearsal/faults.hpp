// What goes wrong in a simulation, and when: at the first fitting moment from a numbered point on. Data, so
// that a failing case can be made smaller by leaving faults out.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "state/journal_format.hpp"

namespace deployctl::engine::rehearsal {

enum class FaultKind {
  crash,
  second_controller,
  slow_answer,
  lost_answer,
  duplicate_request,
  refused,
  failed_behind,
  never_ready,
  gate_failed,
  clock_jump,
  pause,
  disk_error,
  swap_unknown,
  wind_down,
  abandon,
  host_death,
  drift,
  frozen,
  not_approved,
};

struct FaultInfo {
  FaultKind kind;
  std::string_view name;
  std::string_view help;
};

inline constexpr std::array<FaultInfo, 19> fault_table = {{
    {FaultKind::crash, "crash", "the controller dies; another one comes later"},
    {FaultKind::second_controller, "second", "another command starts meanwhile"},
    {FaultKind::slow_answer, "slow", "an effect takes longer than its stage may"},
    {FaultKind::lost_answer, "lost", "an effect happened and its answer never comes"},
    {FaultKind::duplicate_request, "twice", "a request arrives at the target twice"},
    {FaultKind::refused, "refused", "the target refuses; nothing happened"},
    {FaultKind::failed_behind, "failed", "the effect happened, and the answer is an error"},
    {FaultKind::never_ready, "unready", "a target never becomes ready"},
    {FaultKind::gate_failed, "gate", "a gate says no, or nothing"},
    {FaultKind::clock_jump, "jump", "the machine slept: its clock is an hour on"},
    {FaultKind::pause, "pause", "the controller stands still for minutes, its targets do not"},
    {FaultKind::disk_error, "disk", "a journal write or its sync fails"},
    {FaultKind::swap_unknown, "swap", "a swap of the cell times out; it may have happened"},
    {FaultKind::wind_down, "int", "an interrupt: wind down"},
    {FaultKind::abandon, "abandon", "a second interrupt: return at once"},
    {FaultKind::host_death, "host", "a host is gone for a while"},
    {FaultKind::drift, "drift", "someone else changes a target"},
    {FaultKind::frozen, "frozen", "a rule asks to wait"},
    {FaultKind::not_approved, "unapproved", "a rule asks for a person: the run parks"},
}};

std::string_view to_text(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::crash;
  std::size_t from = 0;                    // the first point at which it may strike
  std::optional<state::RecordType> behind; // only where this is the record that was written or read last
};

// Which faults have struck. A point is one step of one controller: every write, request and answer is one.
class FaultPlan {
public:
  explicit FaultPlan(std::vector<Fault> faults) : faults_(std::move(faults)) {}

  void next_point() { ++points_; }
  // The last record of whoever is at this point.
  void stand_behind(state::RecordType record) { record_ = record; }
  [[nodiscard]] std::size_t points() const { return points_; }
  // Whether a fault of this kind strikes here; it is spent then.
  bool strikes(FaultKind kind);
  // Nothing goes wrong any more.
  void clear() { faults_.clear(); }

private:
  std::vector<Fault> faults_;
  std::size_t points_ = 0;
  state::RecordType record_ = state::RecordType::header;
};

} // namespace deployctl::engine::rehearsal
