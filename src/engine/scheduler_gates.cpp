#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "engine/scheduler.hpp"

namespace deployctl::engine {

void Scheduler::hold(std::size_t step, Checkpoint checkpoint) {
  auto& checkpoints = steps_[step].checkpoints;
  checkpoints.push_back(checkpoint);
  if (checkpoints.size() == 1) begin_checkpoint(step);
}

void Scheduler::begin_checkpoint(std::size_t step) {
  const Milliseconds pause = steps_[step].checkpoints.front().pause;
  if (pause.count() == 0) return begin_bake(step);
  start_timer({Timer::For::pause, {step, 0}, {}}, pause);
}

// Gates are judged while it bakes: one that fails ends the wait, none passes before it is over.
void Scheduler::begin_bake(std::size_t step) {
  const StepWork& work = program_.steps[step];
  const Milliseconds bake = steps_[step].checkpoints.front().bake;
  steps_[step].baked_at = now_ + bake;
  if (work.gates == 0)
    return bake.count() == 0 ? pass_checkpoint(step) : start_timer({Timer::For::bake, {step, 0}, {}}, bake);
  steps_[step].gates.assign(work.gates, GateRun{});
  for (std::size_t gate = 0; gate < work.gates; ++gate) {
    const Milliseconds hold = gate < work.gate_holds.size() ? work.gate_holds[gate] : Milliseconds{0};
    if (hold.count() == 0)
      judge_gate({step, gate});
    else
      start_timer({Timer::For::gate, {step, gate}, {}}, hold);
  }
}

void Scheduler::judge_gate(GateId id) {
  GateRun& gate = steps_[id.step].gates.at(id.gate);
  if (!gate.begun) gate.since = now_;
  submit(JudgeGate{id, !std::exchange(gate.begun, true)});
}

void Scheduler::handle(const GateJudged& report) {
  --running_;
  if (!forward()) return;
  const Verdict& verdict = report.verdict;
  const Milliseconds baked_at = steps_[report.id.step].baked_at;
  GateRun& gate = steps_[report.id.step].gates.at(report.id.gate);
  const bool passing = verdict.state == Verdict::State::pass;
  gate.streak = passing ? gate.streak + 1 : 0;
  if (gate.streak == 1) gate.passing_since = now_;
  const bool lasted = now_ - gate.passing_since >= report.lasts && now_ >= baked_at;
  if (passing && gate.streak >= report.rule.consecutive && lasted) return gate_passed(report);
  const bool waits = verdict.state == Verdict::State::error && report.error_waits;
  if (!passing && !waits && verdict.state != Verdict::State::inconclusive)
    return gate_failed(report, verdict.detail);
  const Milliseconds limit = report.rule.within + report.lasts;
  if (now_ - std::max(gate.since, baked_at) >= limit)
    return gate_failed(report,
                       fmt::format("not passed within {}: {}", format_duration(limit), verdict.detail));
  start_timer({Timer::For::gate, {report.id.step, report.id.gate}, {}}, report.rule.interval);
}

void Scheduler::gate_passed(const GateJudged& report) {
  StepRun& step = steps_[report.id.step];
  step.gates.at(report.id.gate).passed = true;
  out_.emplace_back(GateEnded{report.id, report.verdict, place_of(report.id.step, step.checkpoints.front())});
  if (std::all_of(step.gates.begin(), step.gates.end(), [](const GateRun& each) { return each.passed; }))
    pass_checkpoint(report.id.step);
}

void Scheduler::gate_failed(const GateJudged& report, const std::string& why) {
  const std::size_t step = report.id.step;
  Verdict verdict = report.verdict;
  verdict.detail = why;
  // It passed, but neither often nor long enough: nothing is known for sure.
  if (verdict.state == Verdict::State::pass) verdict.state = Verdict::State::inconclusive;
  out_.emplace_back(GateEnded{report.id, verdict, place_of(step, steps_[step].checkpoints.front())});
  fail_step(step, {.cause = Cause::gate_failed, .message = why, .evidence = verdict.evidence});
}

std::string Scheduler::place_of(std::size_t step, const Checkpoint& checkpoint) const {
  const std::size_t waves = program_.steps[step].work.waves.size();
  if (checkpoint.then == Checkpoint::Then::go_on) {
    const StageWalk& walk = steps_[step].targets.at(checkpoint.target).walk;
    return "behind stage " + walk.stages().at(walk.index() - 1).name;
  }
  if (checkpoint.then == Checkpoint::Then::end_step && waves < 2) return "at the end";
  return fmt::format("behind wave {} of {}", std::min(steps_[step].wave + 1, waves), waves);
}

void Scheduler::pass_checkpoint(std::size_t step) {
  StepRun& passed = steps_[step];
  const Checkpoint checkpoint = passed.checkpoints.front();
  passed.checkpoints.pop_front();
  if (!passed.checkpoints.empty()) begin_checkpoint(step);
  switch (checkpoint.then) {
  case Checkpoint::Then::next_wave:
    return start_wave(step, passed.wave + 1);
  case Checkpoint::Then::end_step:
    return end_step(step, StepResult::changed);
  case Checkpoint::Then::go_on:
    return with_leave(step, {LeavePlace::Before::stage, passed.wave, checkpoint.target});
  }
}

void Scheduler::with_leave(std::size_t step, LeavePlace place) {
  if (!program_.steps[step].asks_leave) return go_on(step, place);
  submit(AskLeave{step, place});
}

void Scheduler::handle(const LeaveAnswered& report) {
  --running_;
  if (!forward()) return;
  switch (report.leave.kind) {
  case Leave::Kind::go:
    return go_on(report.step, report.place);
  case Leave::Kind::refuse:
    return fail_step(report.step, report.leave.why);
  case Leave::Kind::wait:
    start_timer({Timer::For::leave, {report.step, 0}, report.place}, report.leave.wait);
    break;
  case Leave::Kind::park:
    if (!parked_) parked_ = report.leave.why;
    break;
  }
  out_.emplace_back(StepHeld{report.step, report.leave});
}

void Scheduler::go_on(std::size_t step, const LeavePlace& place) {
  TargetRun* held = nullptr;
  switch (place.before) {
  case LeavePlace::Before::step:
    return prepare_targets(step);
  case LeavePlace::Before::wave:
    return run_wave(step);
  case LeavePlace::Before::stage:
    held = &steps_[step].targets.at(place.target);
    held->state = TargetRun::State::working;
    return walk({step, place.target}, held->walk.proceed());
  }
}

} // namespace deployctl::engine
