// What the scheduler runs: steps with their needs, work, rules and what taking them back means. Plain data.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>

#include "config/pipeline.hpp"
#include "engine/stage_walk.hpp"

namespace deployctl::engine {

struct TargetWork {
  std::string name;
  std::vector<Stage> stages;
  Progress progress;    // what an earlier process of this run did
  bool touched = false; // an effect of an earlier process may be there
  // A host whose failure was borne, in an earlier process: it was being set back, or that was done.
  bool going_back = false;
  bool went_back = false;
  std::optional<Error> unreachable;  // it could not even be looked at
  std::optional<std::string> behind; // why an earlier process left it as it was when the step ended
};

// What of a step can be done once its turn has come: after re-observation, with every input known.
struct Work {
  std::vector<TargetWork> targets;
  std::vector<std::vector<std::size_t>> waves; // indexes into targets
};

// What taking back means for a step that did something.
enum class Reversal {
  revert,  // from its undo data
  keep,    // stays and is listed
  barrier, // nothing before it may be taken back
  nothing, // has no effect on any target
};

struct StepWork {
  std::string id;
  std::vector<std::size_t> needs; // indexes into Program::steps
  bool settled = false;           // nothing to do, or done by an earlier process of this run
  Work work;                      // known beforehand only for what is resumed
  std::size_t gates = 0;
  std::vector<Milliseconds> gate_holds; // by gate, a wait before its first sample; missing: none
  bool asks_leave = false; // whether it may go on is asked before it begins, and before each wave and weight
  WalkRules rules;
  Strategy strategy;
  config::OnFailure on_failure = config::OnFailure::rollback;
  Reversal reversal = Reversal::revert;

  // When it fails: whether its own targets go back, and what the steps before it did.
  [[nodiscard]] bool takes_itself_back() const { return strategy.on_abort != OnAbort::stop; }
  [[nodiscard]] bool takes_others_back() const { return on_failure != config::OnFailure::stop; }
};

struct TargetId {
  std::size_t step = 0;
  std::size_t target = 0;

  friend auto operator<=>(const TargetId&, const TargetId&) = default;
};

struct Program {
  std::vector<StepWork> steps; // needs stand before those who need them
  std::size_t parallel = 8;
  std::vector<TargetId> touched;     // resumed: effects in the order they began
  std::vector<TargetId> taken_back;  // resumed: already reverted
  std::optional<std::size_t> failed; // resumed: this step failed, and taking back had begun
  Error failure;                     // with `failed`
};

} // namespace deployctl::engine
