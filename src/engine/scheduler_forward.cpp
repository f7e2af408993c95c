#include <algorithm>

#include <fmt/core.h>

#include <deployctl/units.hpp>

#include "engine/scheduler.hpp"
#include "plan/waves.hpp"

namespace deployctl::engine {

namespace {

bool is_prepare(const StageWalk& walk) {
  return !walk.at_end() && walk.stages()[walk.index()].kind == StageKind::prepare;
}

} // namespace

void Scheduler::link_steps() {
  steps_.resize(program_.steps.size());
  open_steps_ = steps_.size();
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    steps_[step].missing = program_.steps[step].needs.size();
    for (const std::size_t need : program_.steps[step].needs) steps_.at(need).dependents.push_back(step);
    take_work(step, program_.steps[step].work);
  }
}

void Scheduler::begin_step(std::size_t step) {
  const StepWork& work = program_.steps[step];
  if (work.settled)
    return end_step(step, work.work.targets.empty() ? StepResult::unchanged : StepResult::changed);
  steps_[step].phase = StepRun::Phase::turn;
  submit(TakeTurn{step});
}

void Scheduler::end_step(std::size_t step, StepResult result) {
  StepRun& ended = steps_[step];
  ended.phase = StepRun::Phase::ended;
  ended.result = result;
  if (!program_.steps[step].settled) out_.emplace_back(StepEnded{step, result, std::nullopt});
  --open_steps_;
  for (const std::size_t dependent : ended.dependents)
    if (--steps_[dependent].missing == 0) unblocked_.push_back(dependent);
}

void Scheduler::take_work(std::size_t step, const Work& work) {
  program_.steps[step].work = work;
  std::vector<TargetRun> targets(work.targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const TargetWork& from = work.targets[i];
    WalkRules rules = program_.steps[step].rules;
    rules.seed += i;
    targets[i].walk = StageWalk(from.stages, rules, from.progress);
    targets[i].touched = from.touched;
    targets[i].going_back = from.going_back;
    if (targets[i].walk.at_end()) targets[i].state = TargetRun::State::done;
    if (from.went_back) targets[i].back = Back::reverted;
    if (!from.went_back && !from.behind) continue;
    targets[i].state = TargetRun::State::behind;
    targets[i].detail = from.behind.value_or("it failed and was set back");
  }
  for (std::size_t wave = 0; wave < work.waves.size(); ++wave)
    for (const std::size_t target : work.waves[wave]) targets.at(target).wave = wave;
  steps_[step].targets = std::move(targets);
}

void Scheduler::begin_work(std::size_t step) {
  StepRun& begun = steps_[step];
  const auto& works = program_.steps[step].work.targets;
  bool idle = !works.empty();
  for (std::size_t i = 0; i < works.size(); ++i)
    idle = idle && begun.targets[i].walk.at_end() && !begun.targets[i].touched && !works[i].unreachable;
  if (idle) return end_step(step, StepResult::unchanged);
  with_leave(step, {LeavePlace::Before::step});
}

void Scheduler::prepare_targets(std::size_t step) {
  StepRun& begun = steps_[step];
  out_.emplace_back(StepStarted{step});
  for (std::size_t i = 0; i < begun.targets.size() && forward(); ++i) begin_target({step, i});
  begun.phase = StepRun::Phase::preparing; // not before: no wave may start while others are still to begin
  target_prepared(step);
}

void Scheduler::begin_target(TargetId id) {
  TargetRun& target = run(id);
  const TargetWork& work = program_.steps[id.step].work.targets[id.target];
  if (work.unreachable) return target_failed(id, *work.unreachable);
  if (work.going_back) return set_back(id);
  if (target.state == TargetRun::State::behind || target.state == TargetRun::State::done) return;
  target.state = is_prepare(target.walk) ? TargetRun::State::working : TargetRun::State::prepared;
  if (target.state == TargetRun::State::working) walk(id, target.walk.proceed());
}

// No target may be touched before all are prepared.
void Scheduler::target_prepared(std::size_t step) {
  const StepRun& begun = steps_[step];
  if (!forward() || begun.phase != StepRun::Phase::preparing) return;
  const auto busy = [](const TargetRun& target) { return target.busy(); };
  if (std::none_of(begun.targets.begin(), begun.targets.end(), busy)) start_wave(step, 0);
}

void Scheduler::start_wave(std::size_t step, std::size_t wave) {
  StepRun& begun = steps_[step];
  const auto& waves = program_.steps[step].work.waves;
  begun.phase = StepRun::Phase::waves;
  const auto prepared = [&](std::size_t i) { return begun.targets[i].state == TargetRun::State::prepared; };
  // Waves that an earlier process of this run completed are not judged again; the end is.
  while (wave < waves.size() && std::none_of(waves[wave].begin(), waves[wave].end(), prepared)) ++wave;
  begun.wave = wave;
  if (wave >= waves.size()) return hold_behind_wave(step);
  with_leave(step, {LeavePlace::Before::wave, wave});
}

std::size_t Scheduler::room(std::size_t step) const {
  const auto& targets = steps_[step].targets;
  const auto& limit = program_.steps[step].strategy.max_unavailable;
  if (!limit) return targets.size();
  const auto out = [](const TargetRun& target) {
    const bool broken = target.state == TargetRun::State::behind && target.touched;
    return target.state == TargetRun::State::working || target.state == TargetRun::State::returning ||
           (broken && target.back != Back::reverted);
  };
  const std::size_t most = plan::hosts_of(*limit, targets.size());
  return most - std::min(most, static_cast<std::size_t>(std::count_if(targets.begin(), targets.end(), out)));
}

// As many of the wave as there is room for; the others follow when one is done.
void Scheduler::run_wave(std::size_t step) {
  StepRun& begun = steps_[step];
  std::size_t places = room(step);
  bool waits = false;
  for (const std::size_t i : program_.steps[step].work.waves[begun.wave]) {
    if (begun.targets[i].state != TargetRun::State::prepared) continue;
    waits = places == 0;
    if (waits) break;
    --places;
    begun.targets[i].state = TargetRun::State::working;
    walk({step, i}, begun.targets[i].walk.proceed());
  }
  const auto busy = [](const TargetRun& target) { return target.busy(); };
  if (waits && std::none_of(begun.targets.begin(), begun.targets.end(), busy))
    fail_step(step,
              {.cause = Cause::capacity,
               .message = fmt::format("as many hosts are out of service as may be (max_unavailable: {})",
                                      format_amount(*program_.steps[step].strategy.max_unavailable))});
}

void Scheduler::wave_moved(std::size_t step) {
  const StepRun& begun = steps_[step];
  const auto& waves = program_.steps[step].work.waves;
  if (!forward() || begun.phase != StepRun::Phase::waves || begun.wave >= waves.size()) return;
  const auto& wave = waves[begun.wave];
  const auto waits = [&](std::size_t i) { return begun.targets[i].state == TargetRun::State::prepared; };
  if (std::any_of(wave.begin(), wave.end(), waits)) return run_wave(step);
  const auto busy = [&](std::size_t i) { return begun.targets[i].busy(); };
  if (std::none_of(wave.begin(), wave.end(), busy)) hold_behind_wave(step);
}

// Blue and green bake before the old one is removed, a canary of hosts behind its first ones.
void Scheduler::hold_behind_wave(std::size_t step) {
  const StepWork& work = program_.steps[step];
  const std::size_t wave = steps_[step].wave;
  const bool follows = work.strategy.canary_hosts && wave > 0;
  const bool bakes = work.strategy.kind != StrategyKind::blue_green && !follows;
  const Milliseconds bake = bakes ? work.strategy.bake : Milliseconds{0};
  if (wave + 1 >= work.work.waves.size())
    return hold(step, {Milliseconds{0}, bake, Checkpoint::Then::end_step});
  hold(step, {work.strategy.pause, bake, Checkpoint::Then::next_wave});
}

void Scheduler::walk(TargetId id, const StageWalk::Next& next) {
  if (!forward()) return;
  const TargetRun& target = run(id);
  const StageId stage{id, target.walk.index(), target.walk.attempt()};
  switch (next.kind) {
  case StageWalk::Next::Kind::run:
    return submit(RunStage{stage, target.walk.limit()});
  case StageWalk::Next::Kind::poll:
    return submit(PollReady{stage});
  case StageWalk::Next::Kind::wait:
    return start_timer({Timer::For::walk, id}, next.delay);
  case StageWalk::Next::Kind::failed:
    return target_failed(id, *next.error);
  case StageWalk::Next::Kind::passed:
    return stage_passed(id);
  case StageWalk::Next::Kind::finished:
    run(id).state = TargetRun::State::done;
    return wave_moved(id.step);
  }
}

void Scheduler::stage_passed(TargetId id) {
  TargetRun& target = run(id);
  if (steps_[id.step].phase == StepRun::Phase::preparing && !is_prepare(target.walk)) {
    target.state = target.walk.at_end() ? TargetRun::State::done : TargetRun::State::prepared;
    return target_prepared(id.step);
  }
  const Stage& passed = target.walk.stages()[target.walk.index() - 1];
  if (!passed.gate_after || target.walk.at_end()) return walk(id, target.walk.proceed());
  const Strategy& strategy = program_.steps[id.step].strategy;
  const Milliseconds bake = passed.kind == StageKind::shift ? strategy.bake : Milliseconds{0};
  target.state = TargetRun::State::held;
  hold(id.step, {strategy.pause, bake, Checkpoint::Then::go_on, id.target});
}

// A failure that the strategy allows leaves this target behind and lets the others go on.
bool Scheduler::tolerated(TargetId id, const Error& error) {
  StepRun& step = steps_[id.step];
  const Strategy& strategy = program_.steps[id.step].strategy;
  const bool unreachable = error.cause == Cause::network && !run(id).touched;
  if (unreachable && strategy.skip_unreachable) return ++step.unreachable <= *strategy.skip_unreachable;
  return ++step.failures <= strategy.max_failures;
}

void Scheduler::target_failed(TargetId id, const Error& error) {
  TargetRun& target = run(id);
  target.detail = error.message;
  if (!tolerated(id, error)) {
    target.state = TargetRun::State::failed;
    return fail_step(id.step, error);
  }
  out_.emplace_back(TargetBehind{id, error});
  const StepWork& step = program_.steps[id.step];
  if (target.touched && step.reversal == Reversal::revert && step.strategy.on_abort != OnAbort::stop)
    return set_back(id);
  stay_behind(id);
}

void Scheduler::stay_behind(TargetId id) {
  run(id).state = TargetRun::State::behind;
  // Either, not both: a wave that begins here and waits for leave has no busy target, and has not ended.
  if (steps_[id.step].phase == StepRun::Phase::preparing) return target_prepared(id.step);
  wave_moved(id.step);
}

void Scheduler::fail_step(std::size_t step, const Error& error) {
  failed_step_ = step;
  failure_ = error;
  steps_[step].result = StepResult::failed;
  mode_ = Mode::stopping;
  queue_.clear();
  timers_.clear();
  out_.emplace_back(StepEnded{step, StepResult::failed, error});
  out_.emplace_back(FailureDecided{step, error});
}

} // namespace deployctl::engine
