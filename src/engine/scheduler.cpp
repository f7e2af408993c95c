#include "engine/scheduler.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace deployctl::engine {

Scheduler::Scheduler(Program program) : program_(std::move(program)), ledger_(program_.touched) {
  link_steps();
  for (const TargetId id : ledger_) run(id).touched = true;
  for (const TargetId id : program_.taken_back) run(id).back = Back::reverted;
  if (program_.failed) {
    failed_step_ = program_.failed;
    failure_ = program_.failure;
    mode_ = Mode::stopping;
  }
}

std::vector<Command> Scheduler::advance(const Report& report) {
  if (finished()) return {};
  now_ = report.now;
  std::visit([this](const auto& what) { handle(what); }, report.what);
  settle();
  return std::exchange(out_, {});
}

void Scheduler::handle(const Started&) {
  for (std::size_t step = 0; step < steps_.size(); ++step)
    if (steps_[step].missing == 0) unblocked_.push_back(step);
}

void Scheduler::handle(const TurnTaken& report) {
  --running_;
  if (!forward()) return;
  if (!report.work) return fail_step(report.step, report.work.error());
  take_work(report.step, *report.work);
  begin_work(report.step);
}

void Scheduler::handle(const StageDone& report) {
  --running_;
  TargetRun& target = run(report.id.at);
  const bool cancelled = report.error && report.error->cause == Cause::cancelled;
  if (!cancelled || !report.begun) target.in_stage = false;
  StageWalk& stages = report.id.back ? target.back_walk : target.walk;
  const StageWalk::Next next = stages.stage_done(report.error, now_);
  const bool never_began = !report.begun && !report.id.back && !target.touched_before;
  if (report.untouched || never_began) forget_effect(report.id.at);
  if (report.id.back && goes_back(report.id.at)) return walk_back(report.id.at, next);
  if (!report.id.back && forward()) {
    stale_ = report.stale;
    return walk(report.id.at, next);
  }
  if (stages.at_end() && !report.id.back) target.state = TargetRun::State::done;
}

void Scheduler::handle(const ReadyPolled& report) {
  --running_;
  TargetRun& target = run(report.id.at);
  if (report.id.back && goes_back(report.id.at))
    return walk_back(report.id.at, target.back_walk.ready_done(report.readiness, now_, report.diagnosed));
  if (report.id.back || !forward()) return;
  const StageWalk::Next next = target.walk.ready_done(report.readiness, now_, report.diagnosed);
  if (next.kind == StageWalk::Next::Kind::passed) out_.emplace_back(StageReady{report.id});
  walk(report.id.at, next);
}

void Scheduler::handle(const TimerFired& report) {
  const auto found = timers_.find(report.token);
  if (found == timers_.end()) return;
  const Timer timer = found->second;
  timers_.erase(found);
  switch (timer.what) {
  case Timer::For::walk:
    return walk(timer.at, run(timer.at).walk.proceed());
  case Timer::For::walk_back:
    return walk_back(timer.at, run(timer.at).back_walk.proceed());
  case Timer::For::pause:
    return begin_bake(timer.at.step);
  case Timer::For::bake:
    return pass_checkpoint(timer.at.step);
  case Timer::For::gate:
    return judge_gate({timer.at.step, timer.at.target});
  case Timer::For::leave:
    return submit(AskLeave{timer.at.step, timer.place});
  }
}

void Scheduler::handle(const WindDown&) {
  mode_ = Mode::winding_down;
  queue_.clear();
  timers_.clear();
  out_.emplace_back(StopStages{false});
}

void Scheduler::handle(const Abandon&) {
  out_.emplace_back(StopStages{true});
  finish(Finish::abandoned);
}

void Scheduler::submit(const Job& job) {
  queue_.push_back(job);
}

void Scheduler::start_queued() {
  while (running_ < program_.parallel && !queue_.empty()) {
    const Job job = queue_.front();
    queue_.pop_front();
    ++running_;
    if (const auto* stage = std::get_if<RunStage>(&job)) begin_stage(stage->id);
    std::visit([this](const auto& command) { out_.emplace_back(command); }, job);
  }
}

// From here on the target counts as touched, unless its stage only prepares.
void Scheduler::begin_stage(const StageId& id) {
  TargetRun& target = run(id.at);
  target.in_stage = true;
  target.touched_before = target.touched;
  (id.back ? target.back_walk : target.walk).stage_begun(now_);
  if (id.back || target.touched || target.walk.stages().at(id.stage).kind == StageKind::prepare) return;
  target.touched = true;
  ledger_.push_back(id.at);
}

void Scheduler::start_timer(Timer timer, Milliseconds delay) {
  const std::uint64_t token = next_timer_++;
  timers_.emplace(token, timer);
  out_.emplace_back(StartTimer{token, delay});
}

void Scheduler::settle() {
  while (!finished()) {
    while (forward() && !unblocked_.empty()) {
      const std::size_t step = unblocked_.front();
      unblocked_.pop_front();
      begin_step(step);
    }
    start_queued();
    if (running_ > 0) return;
    if (forward() && open_steps_ == 0) return finish(Finish::succeeded);
    if (mode_ == Mode::winding_down) return finish(Finish::interrupted);
    if (forward() && parked_ && timers_.empty()) return finish(Finish::parked);
    if (mode_ != Mode::stopping) break;
    begin_taking_back();
  }
  if (!finished() && timers_.empty() && queue_.empty()) throw std::logic_error("the run has no way on");
}

void Scheduler::finish(Finish how) {
  mode_ = Mode::finished;
  queue_.clear();
  timers_.clear();
  out_.emplace_back(how);
}

bool Scheduler::failed_as_stale() const {
  const bool refused = failed_step_ && steps_[*failed_step_].phase == StepRun::Phase::turn;
  return stale_ || (refused && failure_->cause == Cause::conflict);
}

std::vector<TargetStanding> Scheduler::standings() const {
  using Effect = TargetStanding::Effect;
  const auto effect_of = [this](const TargetRun& target) {
    // Set back alone, it is on another release than the others; with all of them it is as before.
    const bool alone = target.state == TargetRun::State::behind && !failed_step_;
    if (target.back == Back::reverted) return alone ? Effect::behind : Effect::reverted;
    if (target.back == Back::kept) return Effect::kept;
    if (target.back == Back::stuck) return Effect::stuck;
    if (target.in_stage) return Effect::unknown;
    if (target.state == TargetRun::State::behind) return Effect::behind;
    const bool on_its_way_back = target.going_back || target.round > 0 || !target.back_walk.stages().empty();
    if (on_its_way_back) return Effect::partial;
    return target.state == TargetRun::State::done ? Effect::done : Effect::partial;
  };
  std::vector<TargetStanding> all;
  for (const TargetId id : ledger_)
    if (program_.steps[id.step].reversal != Reversal::nothing)
      all.push_back({id, effect_of(run(id)), run(id).detail});
  for (std::size_t step = 0; step < steps_.size(); ++step)
    for (std::size_t i = 0; i < steps_[step].targets.size(); ++i) {
      const TargetRun& target = steps_[step].targets[i];
      // Of a run that failed, nothing was changed there.
      if (target.state == TargetRun::State::behind && !target.touched && !failed_step_)
        all.push_back({{step, i}, Effect::behind, target.detail});
    }
  return all;
}

std::vector<TargetStanding> Scheduler::left_behind(std::size_t step) const {
  std::vector<TargetStanding> behind;
  const auto& targets = steps_.at(step).targets;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i].state == TargetRun::State::behind)
      behind.push_back({{step, i}, TargetStanding::Effect::behind, targets[i].detail});
  return behind;
}

std::vector<std::size_t> Scheduler::never_started() const {
  std::vector<std::size_t> out;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const StepRun& each = steps_[step];
    const auto known = [](const TargetRun& target) { return target.touched || target.walk.index() > 0; };
    const bool waits = each.phase == StepRun::Phase::turn && !parked_; // parked: it waits for a person
    if (program_.steps[step].settled || step == failed_step_ ||
        (each.phase != StepRun::Phase::blocked && !waits) ||
        std::any_of(each.targets.begin(), each.targets.end(), known))
      continue;
    out.push_back(step);
  }
  return out;
}

} // namespace deployctl::engine
