// What the scheduler says and is told: commands and reports. Plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/error.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/result.hpp>

#include "engine/leave.hpp"
#include "engine/scheduler_program.hpp"

namespace deployctl::engine {

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
  Milliseconds limit{0}; // when it is stopped as too late
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
struct AskLeave { // only of steps that ask for it
  std::size_t step;
  LeavePlace place;
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
struct GateEnded { // the verdict of one round, behind a wave, a stage, or at the end
  GateId id;
  Verdict verdict;
  std::string place; // "behind wave 2 of 7"
};
struct StepHeld { // waits for leave, or is parked
  std::size_t step;
  Leave leave;
};
struct StopStages {
  bool all;
}; // not `all`: those whose rule is not to finish
enum class Finish { succeeded, failed, interrupted, abandoned, parked };

using Command = std::variant<TakeTurn, RunStage, PollReady, JudgeGate, PlanRevert, AskLeave, StartTimer,
                             StepStarted, StepEnded, StageReady, TargetBehind, FailureDecided, TargetReverted,
                             GateEnded, StepHeld, StopStages, Finish>;

struct Started {};
struct TurnTaken {
  std::size_t step;
  Result<Work> work;
};
struct StageDone {
  StageId id;
  std::optional<Error> error;
  bool begun = true;      // false: it ended before anything could have happened
  bool untouched = false; // surely no effect, of earlier attempts either
  bool stale = false;     // the target is not as it was when its step was planned
};
struct ReadyPolled {
  StageId id;
  Readiness readiness;
  std::optional<Error> diagnosed; // what is the matter with a target that will never be ready
};
struct GateJudged {
  GateId id;
  Verdict verdict;
  ReadyRule rule;
  Milliseconds lasts{0};    // it must go on passing for this long
  bool error_waits = false; // an error asks for another sample until the limit
};
// The stages that take the next undo record back; none: nothing is left to take back.
struct RevertPlanned {
  TargetId at;
  Result<std::optional<std::vector<Stage>>> stages;
  bool untouched = false; // nothing says that it was ever touched, and it is as before
};
struct LeaveAnswered {
  std::size_t step;
  LeavePlace place;
  Leave leave;
};
struct TimerFired {
  std::uint64_t token;
};
struct WindDown {};
struct Abandon {};

using ReportBody = std::variant<Started, TurnTaken, StageDone, ReadyPolled, GateJudged, RevertPlanned,
                                LeaveAnswered, TimerFired, WindDown, Abandon>;

struct Report {
  Milliseconds now{0}; // of a clock that never goes back
  ReportBody what;
};

} // namespace deployctl::engine
