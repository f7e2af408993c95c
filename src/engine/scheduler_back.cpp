#include <algorithm>
#include <map>
#include <utility>

#include "engine/scheduler.hpp"

namespace deployctl::engine {

void Scheduler::begin_taking_back() {
  mode_ = Mode::reverting;
  for (std::size_t step = 0; step < steps_.size(); ++step) {
    const bool cut_off =
        steps_[step].phase == StepRun::Phase::preparing || steps_[step].phase == StepRun::Phase::waves;
    if (cut_off && step != failed_step_)
      out_.emplace_back(StepEnded{step, StepResult::stopped, std::nullopt});
  }
  back_ = touched_groups();
  next_group();
}

std::vector<RevertGroup> Scheduler::touched_groups() const {
  std::vector<RevertGroup> groups;
  std::map<std::pair<std::size_t, std::size_t>, std::size_t> places;
  for (const TargetId id : ledger_) {
    const std::size_t wave = run(id).wave;
    const auto [place, fresh] = places.emplace(std::pair{id.step, wave}, groups.size());
    if (fresh) groups.push_back({id.step, wave, {}});
    groups[place->second].targets.push_back(id.target);
  }
  return groups;
}

void Scheduler::next_group() {
  while (!back_.empty()) {
    const RevertGroup group = std::move(back_.back());
    back_.pop_back();
    if (begin_group(group)) return;
  }
  finish(Finish::failed);
}

// Whether anything of this group was started.
bool Scheduler::begin_group(const RevertGroup& group) {
  const Reversal reversal = program_.steps[group.step].reversal;
  if (reversal == Reversal::nothing) {
    for (const std::size_t target : group.targets) forget_effect({group.step, target});
    return false;
  }
  const std::string why = why_left(group);
  if (why.empty() && reversal != Reversal::revert) {
    barrier_ = barrier_ || reversal == Reversal::barrier;
    leave(group, Back::kept, barrier_ ? "cannot be undone, and what is older does not work with it" : "kept");
    return false;
  }
  back_open_ = 0;
  for (const std::size_t target : group.targets) {
    TargetRun& each = run({group.step, target});
    if (each.back != Back::none) continue;
    const bool whole = each.state == TargetRun::State::done || each.in_stage;
    if (!why.empty() && (whole || reversal != Reversal::revert)) {
      leave({group.step, group.wave, {target}}, Back::stuck, why);
      continue;
    }
    ++back_open_;
    submit(PlanRevert{{group.step, target}, run({group.step, target}).round});
  }
  return back_open_ > 0;
}

std::string Scheduler::why_left(const RevertGroup& group) const {
  if (barrier_) return "a later step cannot be undone";
  if (must_stay_.count(group.step) != 0) return "a step that needs it could not be taken back";
  const StepWork& failed = program_.steps.at(*failed_step_);
  if (group.step != *failed_step_)
    return failed.on_failure == config::OnFailure::stop ? "on_failure: stop" : "";
  if (failed.strategy.on_abort == OnAbort::stop) return "on_abort: stop";
  const bool other_wave = group.wave != steps_[group.step].wave;
  return failed.strategy.on_abort == OnAbort::revert_wave && other_wave ? "on_abort: revert_wave" : "";
}

void Scheduler::leave(const RevertGroup& group, Back back, const std::string& why) {
  for (const std::size_t target : group.targets) {
    TargetRun& left = run({group.step, target});
    if (left.back != Back::none) continue;
    left.back = back;
    left.detail = why;
  }
}

void Scheduler::handle(const RevertPlanned& report) {
  --running_;
  if (!goes_back(report.at)) return;
  const std::string why = forward() ? "" : why_left({report.at.step, run(report.at).wave, {}});
  if (!why.empty()) { // left as it is: whether anything was changed there at all
    if (report.stages && *report.stages && (*report.stages)->empty())
      return submit(PlanRevert{report.at, ++run(report.at).round});
    const bool never = report.stages && !*report.stages && report.untouched;
    if (never) forget_effect(report.at);
    if (!never) leave({report.at.step, run(report.at).wave, {report.at.target}}, Back::stuck, why);
    if (--back_open_ == 0) next_group();
    return;
  }
  if (!report.stages) return settle_back(report.at, Back::stuck, report.stages.error().message);
  TargetRun& target = run(report.at);
  if (!*report.stages) {
    if (report.untouched) forget_effect(report.at);
    return settle_back(report.at, Back::reverted, {});
  }
  WalkRules rules = program_.steps[report.at.step].rules;
  // Nobody watches a roll-out back: what may pass by itself is tried again at least twice.
  rules.retry.attempts = std::max(rules.retry.attempts, 3);
  rules.min_healthy = Milliseconds{0};
  rules.timeout.reset();
  target.back_walk = StageWalk(**report.stages, rules);
  walk_back(report.at, target.back_walk.proceed());
}

void Scheduler::walk_back(TargetId id, const StageWalk::Next& next) {
  TargetRun& target = run(id);
  const StageId stage{id, target.back_walk.index(), target.back_walk.attempt(), true, target.round};
  switch (next.kind) {
  case StageWalk::Next::Kind::run:
    return submit(RunStage{stage, target.back_walk.limit()});
  case StageWalk::Next::Kind::poll:
    return submit(PollReady{stage});
  case StageWalk::Next::Kind::wait:
    return start_timer({Timer::For::walk_back, id}, next.delay);
  case StageWalk::Next::Kind::failed:
    return settle_back(id, Back::stuck, next.error->message);
  case StageWalk::Next::Kind::passed:
    return walk_back(id, target.back_walk.proceed());
  case StageWalk::Next::Kind::finished:
    return submit(PlanRevert{id, ++target.round});
  }
}

void Scheduler::settle_back(TargetId id, Back back, const std::string& detail) {
  TargetRun& target = run(id);
  target.back = back;
  if (!detail.empty() || !forward()) target.detail = detail;
  if (back == Back::reverted) target.in_stage = false;
  std::optional<Error> error;
  if (back == Back::stuck) error = Error{.cause = Cause::internal, .message = detail};
  if (target.touched || error) out_.emplace_back(TargetReverted{id, error}); // else it never had an effect
  if (forward()) return stay_behind(id);
  if (back == Back::stuck) {
    std::vector<std::size_t> open = program_.steps[id.step].needs;
    while (!open.empty()) {
      const std::size_t need = open.back();
      open.pop_back();
      if (!must_stay_.insert(need).second) continue;
      open.insert(open.end(), program_.steps[need].needs.begin(), program_.steps[need].needs.end());
    }
  }
  if (--back_open_ == 0) next_group();
}

void Scheduler::set_back(TargetId id) {
  run(id).state = TargetRun::State::returning;
  submit(PlanRevert{id, run(id).round});
}

bool Scheduler::goes_back(TargetId id) const {
  return mode_ == Mode::reverting || (forward() && run(id).state == TargetRun::State::returning);
}

void Scheduler::forget_effect(TargetId id) {
  ledger_.erase(std::remove(ledger_.begin(), ledger_.end(), id), ledger_.end());
  run(id).touched = false;
}

} // namespace deployctl::engine
