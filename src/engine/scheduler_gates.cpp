#include <algorithm>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "engine/scheduler.hpp"

namespace deployctl::engine {

namespace {

Error gate_error(const Verdict& verdict, const ReadyRule& rule) {
  std::string message = verdict.detail;
  if (verdict.state == Verdict::State::inconclusive)
    message = fmt::format("not passed within {}: {}", format_duration(rule.within), verdict.detail);
  return {.cause = Cause::gate_failed, .message = std::move(message), .evidence = verdict.evidence};
}

} // namespace

void Scheduler::hold(std::size_t step, Checkpoint checkpoint) {
  auto& checkpoints = steps_[step].checkpoints;
  checkpoints.push_back(checkpoint);
  if (checkpoints.size() == 1) begin_checkpoint(step);
}

void Scheduler::begin_checkpoint(std::size_t step) {
  const Milliseconds delay = steps_[step].checkpoints.front().delay;
  if (delay.count() == 0) return judge_gates(step);
  start_timer({Timer::For::checkpoint, {step, 0}}, delay);
}

void Scheduler::judge_gates(std::size_t step) {
  const std::size_t count = program_.steps[step].gates;
  if (count == 0) return pass_checkpoint(step);
  steps_[step].gates.assign(count, GateRun{.since = now_});
  for (std::size_t gate = 0; gate < count; ++gate) submit(JudgeGate{{step, gate}, true});
}

void Scheduler::handle(const GateJudged& report) {
  --running_;
  if (!forward()) return;
  auto& gates = steps_[report.id.step].gates;
  GateRun& gate = gates.at(report.id.gate);
  const bool passing = report.verdict.state == Verdict::State::pass;
  gate.streak = passing ? gate.streak + 1 : 0;
  if (passing && gate.streak >= report.rule.consecutive) {
    gate.passed = true;
    if (std::all_of(gates.begin(), gates.end(), [](const GateRun& each) { return each.passed; }))
      pass_checkpoint(report.id.step);
    return;
  }
  const bool open = passing || report.verdict.state == Verdict::State::inconclusive;
  if (!open || now_ - gate.since >= report.rule.within)
    return fail_step(report.id.step, gate_error(report.verdict, report.rule));
  start_timer({Timer::For::gate, {report.id.step, report.id.gate}}, report.rule.interval);
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
