// The pure core of a run: steps x waves x targets x stages, gates, failure, and taking back, as a reducer
// (state, report) -> commands. No threads, no clock, no I/O: execute.cpp does what it says, tests and
// rehearsals do it in virtual time. It knows nothing of providers or journals.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "engine/scheduler_state.hpp"

namespace deployctl::engine {

// How one touched target stands; the world report is made from these.
struct TargetStanding {
  enum class Effect { done, partial, unknown, reverted, kept, stuck, behind };
  TargetId at;
  Effect effect = Effect::done;
  std::string detail;
};

class Scheduler {
public:
  explicit Scheduler(Program program);

  std::vector<Command> advance(const Report& report);

  [[nodiscard]] bool finished() const { return mode_ == Mode::finished; }
  [[nodiscard]] const Program& program() const { return program_; }
  [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
  [[nodiscard]] std::optional<std::size_t> failed_step() const { return failed_step_; }
  [[nodiscard]] const std::optional<Error>& parked() const { return parked_; }
  // The failed step is not what was approved any more: its turn was refused, or a target has drifted.
  [[nodiscard]] bool failed_as_stale() const;
  // Every target that has or had an effect of this run, in the order of effects, then those left behind
  // without one.
  [[nodiscard]] std::vector<TargetStanding> standings() const;
  // The hosts of a step that were left as they were, with why.
  [[nodiscard]] std::vector<TargetStanding> left_behind(std::size_t step) const;
  // Steps with something to do that was not begun, and that did not fail.
  [[nodiscard]] std::vector<std::size_t> never_started() const;
  [[nodiscard]] StepResult result(std::size_t step) const { return steps_.at(step).result; }

private:
  enum class Mode { forward, stopping, reverting, winding_down, finished };
  using Job = std::variant<TakeTurn, RunStage, PollReady, JudgeGate, PlanRevert, AskLeave>;

  // scheduler.cpp: what comes in, what goes out
  void handle(const Started&);
  void handle(const TurnTaken& report);
  void handle(const StageDone& report);
  void handle(const ReadyPolled& report);
  void handle(const GateJudged& report);
  void handle(const RevertPlanned& report);
  void handle(const LeaveAnswered& report);
  void handle(const TimerFired& report);
  void handle(const WindDown&);
  void handle(const Abandon&);
  void submit(const Job& job);
  void start_queued();
  void begin_stage(const StageId& id);
  void start_timer(Timer timer, Milliseconds delay);
  void settle();
  void finish(Finish how);

  // scheduler_forward.cpp: steps, waves, stages
  void link_steps();
  void begin_step(std::size_t step);
  void end_step(std::size_t step, StepResult result);
  void take_work(std::size_t step, const Work& work);
  void begin_work(std::size_t step);
  void prepare_targets(std::size_t step);
  void begin_target(TargetId id);
  void target_prepared(std::size_t step);
  void start_wave(std::size_t step, std::size_t wave);
  void run_wave(std::size_t step);
  void wave_moved(std::size_t step);
  void hold_behind_wave(std::size_t step);
  [[nodiscard]] std::size_t room(std::size_t step) const; // how many more targets may be out of service
  void walk(TargetId id, const StageWalk::Next& next);
  void stage_passed(TargetId id);
  void target_failed(TargetId id, const Error& error);
  [[nodiscard]] bool tolerated(TargetId id, const Error& error);
  void stay_behind(TargetId id);
  void fail_step(std::size_t step, const Error& error);

  // scheduler_gates.cpp: checkpoints
  void hold(std::size_t step, Checkpoint checkpoint);
  void begin_checkpoint(std::size_t step);
  void begin_bake(std::size_t step);
  void judge_gate(GateId id);
  void gate_passed(const GateJudged& report);
  void gate_failed(const GateJudged& report, const std::string& why);
  [[nodiscard]] std::string place_of(std::size_t step, const Checkpoint& checkpoint) const;
  void pass_checkpoint(std::size_t step);
  // Goes on at `place` when the step may: at once, or when the answer says so.
  void with_leave(std::size_t step, LeavePlace place);
  void go_on(std::size_t step, const LeavePlace& place);

  // scheduler_back.cpp: what is taken back, in which order, and how it went
  void begin_taking_back();
  void next_group();
  [[nodiscard]] bool begin_group(const RevertGroup& group);
  void walk_back(TargetId id, const StageWalk::Next& next);
  void settle_back(TargetId id, Back back, const std::string& detail);
  // A host whose failure is borne goes back alone, while the others go on.
  void set_back(TargetId id);
  [[nodiscard]] bool goes_back(TargetId id) const;
  void forget_effect(TargetId id);
  void leave(const RevertGroup& group, Back back, const std::string& why);
  [[nodiscard]] std::string why_left(const RevertGroup& group) const;
  [[nodiscard]] std::vector<RevertGroup> touched_groups() const;

  TargetRun& run(TargetId id) { return steps_.at(id.step).targets.at(id.target); }
  [[nodiscard]] const TargetRun& run(TargetId id) const { return steps_.at(id.step).targets.at(id.target); }
  [[nodiscard]] bool forward() const { return mode_ == Mode::forward; }

  Program program_;
  std::vector<StepRun> steps_;
  std::size_t open_steps_ = 0;
  Mode mode_ = Mode::forward;
  Milliseconds now_{0};
  std::vector<Command> out_;
  std::deque<Job> queue_; // waits for one of `parallel` places
  std::size_t running_ = 0;
  std::deque<std::size_t> unblocked_;
  std::map<std::uint64_t, Timer> timers_;
  std::uint64_t next_timer_ = 1;
  std::vector<TargetId> ledger_; // touched targets in the order of effects
  std::optional<std::size_t> failed_step_;
  std::optional<Error> failure_;
  bool stale_ = false;              // the failure is that a target has drifted
  std::optional<Error> parked_;     // why a step may not go on for now
  std::vector<RevertGroup> back_;   // still to take back; the last is next
  std::size_t back_open_ = 0;       // targets of the current group
  std::set<std::size_t> must_stay_; // steps needed by one that could not go back
  bool barrier_ = false;
};

} // namespace deployctl::engine
