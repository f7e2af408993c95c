#include "engine/rehearsal/aim.hpp"

#include <algorithm>
#include <functional>

namespace deployctl::engine::rehearsal {

namespace {

using state::RecordType;
using Wanted = std::function<bool(const StepShape&)>;

// A step of chance that fits; what fits least is one of some hundreds.
StepShape step_like(std::size_t number, Dice& dice, const Wanted& wanted) {
  StepShape step = make_step(number, dice);
  for (int tries = 5'000; tries > 0 && !wanted(step); --tries) step = make_step(number, dice);
  step.needs.clear();
  step.retry = {};
  step.on_failure = config::OnFailure::rollback;
  step.irreversible = false;
  step.outgrows = false;
  step.strategy.max_failures = 0;
  return step;
}

bool waits(const StepShape& step) {
  return std::any_of(step.stages.begin(), step.stages.end(),
                     [](const Stage& stage) { return stage.ready.has_value(); });
}

bool goes_back(const StepShape& step) {
  return step.targets > 0 && (step.kind == Kind::resource || step.has_undo);
}

// Whether a run of this step alone writes such a record, be it with some help.
bool writes(const StepShape& step, RecordType record) {
  switch (record) {
  case RecordType::intent:
  case RecordType::compensate_begin:
    return step.targets > 0;
  case RecordType::outcome: // not at once followed by the end of the step
    return step.targets > 0 && step.gates > 0;
  case RecordType::remote_id:
    return step.crash_class == CrashClass::keyed || step.crash_class == CrashClass::marked;
  case RecordType::undo:
    return step.kind == Kind::resource;
  case RecordType::ready:
    return waits(step);
  case RecordType::gate:
    return step.gates > 0;
  case RecordType::compensate_end:
    return goes_back(step);
  default:
    return true;
  }
}

bool can_be_struck(const StepShape& step, Struck struck) {
  switch (struck) {
  case Struck::request:
    return step.targets > 0;
  case Struck::readiness:
    return waits(step);
  case Struck::gate:
    return step.gates > 0;
  default:
    return true;
  }
}

class Aim {
public:
  Aim(const Cell& cell, std::uint64_t seed)
      : cell_(cell), dice_(seed * 0x9e3779b97f4a7c15U + 3),
        struck_(fault_table.at(static_cast<std::size_t>(cell.fault)).struck) {
    scenario_.seed = seed;
    scenario_.parallel = 4;
    scenario_.remote =
        dice_.one_in(2) || cell.record == RecordType::lease_lost || cell.fault == FaultKind::swap_unknown;
  }

  Scenario take() {
    add_steps();
    for (StepShape& step : scenario_.steps)
      if (step.gates > 0 && cell_.record == RecordType::gate)
        step.gates = 2; // the end of the step is not next
    if (cell_.fault == FaultKind::swap_unknown) scenario_.renew_every = Milliseconds{20};
    provoke();
    scenario_.faults.push_back({.kind = cell_.fault,
                                .behind = cell_.record,
                                .of = cell_.crash_class,
                                .then = !scenario_.faults.empty(),
                                .early = struck_ != Struck::swap});
    return std::move(scenario_);
  }

private:
  [[nodiscard]] bool by_record() const { return struck_ == Struck::controller || struck_ == Struck::swap; }
  [[nodiscard]] bool of_class(const StepShape& step) const {
    return cell_.crash_class == Coverage::of_the_run ||
           static_cast<std::size_t>(step.crash_class) == cell_.crash_class;
  }
  [[nodiscard]] std::size_t class_of(std::size_t step) const {
    return static_cast<std::size_t>(scenario_.steps.at(step).crash_class);
  }

  void add(const Wanted& wanted, std::vector<std::size_t> needs) {
    scenario_.steps.push_back(step_like(scenario_.steps.size(), dice_, wanted));
    scenario_.steps.back().needs = std::move(needs);
  }

  // A record of the run as a whole: whatever else is under way would write behind it.
  [[nodiscard]] bool quiet() const {
    if (cell_.record == RecordType::decision) return struck_ == Struck::swap;
    return (cell_.record == RecordType::signal || cell_.record == RecordType::lease_lost) &&
           struck_ != Struck::leave;
  }

  void add_subject(std::vector<std::size_t> needs) {
    add(
        [&](const StepShape& step) {
          const bool alone = !quiet() || by_record() || step.targets < 2;
          const bool writer = !by_record() || writes(step, cell_.record);
          return alone && writer && of_class(step) && can_be_struck(step, struck_);
        },
        std::move(needs));
  }

  void add_companion(std::vector<std::size_t> needs) {
    add(
        [&](const StepShape& step) {
          if (by_record()) return step.targets > 0;
          if (cell_.record == RecordType::compensate_end)
            return step.kind == Kind::resource && step.targets > 1 && !of_class(step);
          return writes(step, cell_.record) && step.targets > 0 && !of_class(step);
        },
        std::move(needs));
  }

  // The one that the cell is about, another that writes meanwhile, one that can fail behind both, one for
  // later.
  void add_steps() {
    const bool own = by_record();
    if (own && cell_.record == RecordType::compensate_end) { // something is still to be taken back
      add_companion({});
      add_subject({0});
    } else {
      add_subject({});
      add_companion(quiet() ? std::vector<std::size_t>{0} : std::vector<std::size_t>{});
    }
    add(
        [&](const StepShape& step) {
          const bool other =
              cell_.crash_class == Coverage::of_the_run ||
              (!of_class(step) && (own || step.crash_class != scenario_.steps.at(1).crash_class));
          return step.kind == Kind::task && other && step.gates == 0;
        },
        own ? std::vector<std::size_t>{0, 1} : std::vector<std::size_t>{1});
    add([](const StepShape& step) { return step.kind == Kind::resource; }, {0, 1, 2});
  }

  void first(FaultKind kind, std::optional<RecordType> behind, std::optional<std::size_t> of = {}) {
    scenario_.faults.push_back({.kind = kind, .behind = behind, .of = of, .then = !scenario_.faults.empty()});
  }

  // After the run was marked as pending, and before its first effect.
  void die_early() {
    const auto from = static_cast<std::size_t>(dice_.between(4, 8));
    scenario_.faults.push_back({.kind = FaultKind::crash, .from = from, .behind = RecordType::run_begin});
  }

  // What the second command decides is there for the third one.
  void replace() {
    scenario_.aborting = 2;
    die_early();
    if (cell_.fault != FaultKind::crash && cell_.fault != FaultKind::disk_error)
      first(FaultKind::crash, RecordType::decision);
  }

  // Where what the cell is about is under way.
  [[nodiscard]] RecordType under_way() const {
    if (struck_ == Struck::request || by_record()) return RecordType::intent;
    return struck_ == Struck::gate && waits(scenario_.steps.front()) ? RecordType::ready
                                                                     : RecordType::outcome;
  }
  [[nodiscard]] std::optional<std::size_t> subject() const {
    return by_record() || struck_ == Struck::leave ? std::nullopt : std::optional(cell_.crash_class);
  }

  // What the record does not come about without.
  void provoke() {
    constexpr std::array between = {RecordType::outcome, RecordType::step_done, RecordType::run_begin};
    const bool own = by_record();
    switch (cell_.record) {
    case RecordType::header:
      if (cell_.fault == FaultKind::late_takeover) first(FaultKind::crash, RecordType::intent);
      return;
    case RecordType::blobs:
      return die_early();
    case RecordType::decision:
      if (cell_.crash_class == Coverage::of_the_run) return replace();
      return first(FaultKind::not_approved, std::nullopt, own ? cell_.crash_class : class_of(2));
    case RecordType::signal:
      for (StepShape& step : scenario_.steps)
        for (Stage& stage : step.stages) stage.on_cancel = OnCancel::finish;
      return first(FaultKind::wind_down, own ? dice_.pick(between) : under_way(), subject());
    case RecordType::lease_lost:
      first(FaultKind::second_controller, RecordType::intent);
      first(FaultKind::pause, under_way(), subject());
      if (dice_.one_in(2) || struck_ != Struck::controller)
        first(FaultKind::late_takeover, RecordType::header);
      return;
    case RecordType::compensate_begin:
      return first(FaultKind::failed_behind, std::nullopt, own ? cell_.crash_class : class_of(2));
    case RecordType::compensate_end:
      if (!own) scenario_.steps.at(1).strategy.max_failures = 1;
      return first(FaultKind::failed_behind, std::nullopt, class_of(own ? 2 : 1));
    case RecordType::run_end:
    case RecordType::committed:
      if (cell_.fault == FaultKind::drift) first(FaultKind::failed_behind, std::nullopt);
      return;
    default:
      return;
    }
  }

  Cell cell_;
  Dice dice_;
  Struck struck_;
  Scenario scenario_;
};

} // namespace

Scenario aimed_scenario(const Cell& cell, std::uint64_t seed) {
  return Aim(cell, seed).take();
}

} // namespace deployctl::engine::rehearsal
