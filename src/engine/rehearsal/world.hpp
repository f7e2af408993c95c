// The simulated targets and a ledger of every effect: the truth that the engine's word is held against.
// Targets do one thing after the other, find keyed and marked work again, and refuse an epoch lower than one
// they have seen. What they cannot do is tell whether an opaque stage ran.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <deployctl/intent.hpp>
#include <deployctl/result.hpp>

#include "engine/rehearsal/checks.hpp"
#include "engine/rehearsal/scenario.hpp"
#include "engine/scheduler_program.hpp"

namespace deployctl::engine::rehearsal {

struct Request {
  TargetId at;
  std::size_t stage = 0;
  bool back = false;
  std::string key;
  std::int64_t epoch = 0;
  std::size_t process = 0;
  int value = 1; // of the stage afterwards
  Milliseconds lasts{20};
};

struct Operation {
  Request request;
  Milliseconds done_at{0};
  bool landed = false;  // its effect is there
  bool dropped = false; // was stopped before
};

struct TargetTruth {
  std::vector<int> live;  // by stage; 0 as before, 1 as planned
  std::int64_t epoch = 0; // the highest seen
  bool drifted = false;
  Milliseconds dead_until{0};
  std::vector<std::size_t> operations; // in the ledger
};

class World {
public:
  World(const Scenario& scenario, Checks& checks, bool checks_epochs);

  // Everything due by now takes effect.
  void move_to(Milliseconds now);
  // The operation that answers: a new one, or of keyed and marked work the one that is there. Error: the
  // target is gone, or refuses the epoch.
  Result<std::size_t> begin(const Request& request);
  // Of an operation that is under way: what has not landed will not.
  void stop(std::size_t operation);
  [[nodiscard]] Confirmation::State confirm(TargetId at, std::size_t stage, bool back, std::int64_t epoch);

  [[nodiscard]] const Operation& operation(std::size_t index) const { return ledger_.at(index); }
  [[nodiscard]] const std::vector<Operation>& ledger() const { return ledger_; }
  [[nodiscard]] TargetTruth& at(TargetId id) { return targets_.at(id.step).at(id.target); }
  [[nodiscard]] const TargetTruth& at(TargetId id) const { return targets_.at(id.step).at(id.target); }
  [[nodiscard]] bool reachable(TargetId id) const { return at(id).dead_until <= now_; }
  [[nodiscard]] bool under_way(TargetId id) const;
  [[nodiscard]] bool as_before(TargetId id) const;
  [[nodiscard]] bool as_planned(TargetId id) const;
  // Whether effects of this step show at all.
  [[nodiscard]] bool visible(std::size_t step) const;
  // A person said that this stage may run again.
  void permit(TargetId id) { ++permitted_.at(id.step).at(id.target); }

private:
  void land(Operation& operation);
  void count(const Operation& operation);
  [[nodiscard]] const StepShape& shape(TargetId id) const { return scenario_.steps.at(id.step); }

  const Scenario& scenario_;
  Checks& checks_;
  bool checks_epochs_;
  Milliseconds now_{0};
  std::vector<std::vector<TargetTruth>> targets_;
  std::vector<std::vector<int>> permitted_;
  std::vector<Operation> ledger_;
};

} // namespace deployctl::engine::rehearsal
