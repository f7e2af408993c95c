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
  late_takeover,
};

// Whom a fault strikes: a controller wherever it stands, or what it asks at a certain moment.
enum class Struck { controller, swap, request, readiness, gate, leave };

struct FaultInfo {
  FaultKind kind;
  std::string_view name;
  std::string_view help;
  Struck struck = Struck::controller;
};

inline constexpr std::array<FaultInfo, 20> fault_table = {{
    {FaultKind::crash, "crash", "the controller dies; another one comes later"},
    {FaultKind::second_controller, "second", "another command starts meanwhile"},
    {FaultKind::slow_answer, "slow", "an effect takes longer than its stage may", Struck::request},
    {FaultKind::lost_answer, "lost", "an effect happened and its answer never comes", Struck::request},
    {FaultKind::duplicate_request, "twice", "a request arrives at the target twice", Struck::request},
    {FaultKind::refused, "refused", "the target refuses; nothing happened", Struck::request},
    {FaultKind::failed_behind, "failed", "the effect happened, and the answer is an error", Struck::request},
    {FaultKind::never_ready, "unready", "a target never becomes ready", Struck::readiness},
    {FaultKind::gate_failed, "gate", "a gate says no, or nothing", Struck::gate},
    {FaultKind::clock_jump, "jump", "the machine slept: its clock is an hour on"},
    {FaultKind::pause, "pause", "the controller stands still for minutes, its targets do not"},
    {FaultKind::disk_error, "disk", "a journal write or its sync fails"},
    {FaultKind::swap_unknown, "swap", "a swap of the cell times out; it may have happened", Struck::swap},
    {FaultKind::wind_down, "int", "an interrupt: wind down"},
    {FaultKind::abandon, "abandon", "a second interrupt: return at once"},
    {FaultKind::host_death, "host", "a host is gone for a while"},
    {FaultKind::drift, "drift", "someone else changes a target"},
    {FaultKind::frozen, "frozen", "a rule asks to wait", Struck::leave},
    {FaultKind::not_approved, "unapproved", "a rule asks for a person: the run parks", Struck::leave},
    {FaultKind::late_takeover, "late", "who took the lock stands still before it opens the journal"},
}};

std::string_view to_text(FaultKind kind);

struct Fault {
  FaultKind kind = FaultKind::crash;
  std::size_t from = 0;                    // the first point at which it may strike
  std::optional<state::RecordType> behind; // only where this is the record that was written or read last
  std::optional<std::size_t> of;           // only where the coverage table would count this crash class
  bool then = false;                       // only once the faults before it have struck
  bool early = false;                      // what it is to strike waits for its record from the beginning on
};

// Which faults have struck. A point is one step of one controller: every write, request and answer is one.
class FaultPlan {
public:
  explicit FaultPlan(std::vector<Fault> faults) : faults_(std::move(faults)) {}

  void next_point() { ++points_; }
  // The last record of whoever is at this point.
  void stand_behind(state::RecordType record) { record_ = record; }
  [[nodiscard]] std::size_t points() const { return points_; }
  [[nodiscard]] state::RecordType record() const { return record_; }
  [[nodiscard]] bool due(FaultKind kind, std::size_t crash_class) const;
  // Whether a fault of this kind strikes here; it is spent then.
  bool strikes(FaultKind kind, std::size_t crash_class);
  // Whether `who` waits a little, because a fault for such a moment waits for another record: one of them,
  // and not for ever.
  bool holds(Struck struck, std::size_t crash_class, const std::string& who);
  // Nothing goes wrong any more.
  void clear() { faults_.clear(); }

private:
  [[nodiscard]] bool in_turn(const Fault& fault) const { return !fault.then || &fault == &faults_.front(); }
  [[nodiscard]] std::vector<Fault>::const_iterator find(FaultKind kind, std::size_t crash_class) const;

  std::vector<Fault> faults_;
  std::string held_;
  int patience_ = 80;
  std::size_t points_ = 0;
  state::RecordType record_ = state::RecordType::header;
};

} // namespace deployctl::engine::rehearsal
