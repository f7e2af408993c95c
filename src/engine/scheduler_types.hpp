// The scheduler's vocabulary: the program it runs, the commands it gives, the reports it is told. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>
#include <deployctl/intent.hpp>

#include "config/pipeline.hpp"
#include "engine/stage_walk.hpp"

namespace deployctl::engine {

struct TargetWork {
  std::string name;
  std::vector<Stage> stages;
  Progress progress;    // what an earlier process of this run did
  bool touched = false; // an effect of an earlier process may be there
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
  WalkRules rules;
  Strategy strategy;
  config::OnFailure on_failure = config::OnFailure::rollback;
  Reversal reversal = Reversal::revert;
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

struct StageId {
  TargetId at;
  std::size_t stage = 0;
  int attempt = 1;
  bool back = false; // a stage of taking back
  int round = 0;     // of taking back: one per undo record

  friend bool operator==(const StageId&, const StageId&) = default;
};

struct GateId {
  std::size_t step = 0;
  std::size_t gate = 0;
};

// Jobs: each is answered by the report of the same number.
struct TakeTurn {
  std::size_t step;
};
struct RunStage {
  StageId id;
};
struct PollReady {
  StageId id;
};
struct JudgeGate {
  GateId id;
  bool first;
}; // `first`: samples of an earlier round do not count
struct PlanRevert {
  TargetId at;
  int round;
};

enum class StepResult { changed, unchanged, failed, stopped };

// Said once; no answer.
struct StartTimer {
  std::uint64_t token;
  Milliseconds delay;
};
struct StepStarted {
  std::size_t step;
};
struct StepEnded {
  std::size_t step;
  StepResult result;
  std::optional<Error> error;
};
struct StageReady { // behind a stage with a ready rule
  StageId id;
};
struct TargetBehind {
  TargetId at;
  Error error;
};
struct FailureDecided {
  std::size_t step;
  Error error;
};
struct TargetReverted {
  TargetId at;
  std::optional<Error> error;
};
struct StopStages {
  bool all;
}; // not `all`: those whose rule is not to finish
enum class Finish { succeeded, failed, interrupted, abandoned };

using Command =
    std::variant<TakeTurn, RunStage, PollReady, JudgeGate, PlanRevert, StartTimer, StepStarted, StepEnded,
                 StageReady, TargetBehind, FailureDecided, TargetReverted, StopStages, Finish>;

struct Started {};
struct TurnTaken {
  std::size_t step;
  Result<Work> work;
};
struct StageDone {
  StageId id;
  std::optional<Error> error;
  bool untouched = false;
}; // `untouched`: surely no effect
struct ReadyPolled {
  StageId id;
  Readiness readiness;
};
struct GateJudged {
  GateId id;
  Verdict verdict;
  ReadyRule rule;
};
// The stages that take the next undo record back; none: nothing is left to take back.
struct RevertPlanned {
  TargetId at;
  Result<std::optional<std::vector<Stage>>> stages;
  bool untouched = false; // no undo record was ever written: the effect never began
};
struct TimerFired {
  std::uint64_t token;
};
struct WindDown {};
struct Abandon {};

using ReportBody = std::variant<Started, TurnTaken, StageDone, ReadyPolled, GateJudged, RevertPlanned,
                                TimerFired, WindDown, Abandon>;

struct Report {
  Milliseconds now{0}; // of a clock that never goes back
  ReportBody what;
};

} // namespace deployctl::engine
