#include "engine/rehearsal/world.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::engine::rehearsal {

namespace {

bool found_again(CrashClass crash_class) {
  return crash_class == CrashClass::keyed || crash_class == CrashClass::marked;
}

} // namespace

World::World(const Scenario& scenario, Checks& checks, bool checks_epochs)
    : scenario_(scenario), checks_(checks), checks_epochs_(checks_epochs) {
  for (const StepShape& step : scenario.steps) {
    TargetTruth fresh;
    fresh.live.assign(step.stages.size(), 0);
    targets_.emplace_back(step.targets, fresh);
    permitted_.emplace_back(step.targets, 0);
  }
}

void World::move_to(Milliseconds now) {
  now_ = now;
  for (auto& step : targets_)
    for (TargetTruth& target : step)
      for (const std::size_t index : target.operations)
        if (Operation& each = ledger_[index]; !each.landed && !each.dropped && each.done_at <= now)
          land(each);
}

void World::land(Operation& operation) {
  operation.landed = true;
  count(operation);
  const Request& request = operation.request;
  if (!visible(request.at.step)) return;
  if (shape(request.at).stages.at(request.stage).kind == StageKind::prepare) return;
  at(request.at).live.at(request.stage) = request.value;
}

void World::count(const Operation& operation) {
  const Request& request = operation.request;
  const CrashClass crash_class = shape(request.at).crash_class;
  if (crash_class != CrashClass::opaque && !found_again(crash_class)) return;
  int times = 0;
  for (const std::size_t index : at(request.at).operations) {
    const Operation& other = ledger_[index];
    if (other.landed && other.request.stage == request.stage && other.request.key == request.key) ++times;
  }
  const std::string where = fmt::format("{} on t{}: stage {}{} took effect {} times", shape(request.at).id,
                                        request.at.target, request.back ? "back " : "", request.stage, times);
  if (found_again(crash_class)) return checks_.require(times == 1, Check::keyed_once, where);
  const int most = 1 + permitted_.at(request.at.step).at(request.at.target);
  checks_.require(times <= most, Check::opaque_once, where);
}

Result<std::size_t> World::begin(const Request& request) {
  TargetTruth& target = at(request.at);
  if (!reachable(request.at))
    return fail(Error{.cause = Cause::network, .message = "no route to the host", .retryable = true});
  if (checks_epochs_ && request.epoch < target.epoch)
    return fail(Cause::superseded, fmt::format("epoch {} is over, {} is there", request.epoch, target.epoch));
  checks_.require(request.epoch >= target.epoch, Check::one_epoch,
                  fmt::format("epoch {} has an effect on {} t{} behind epoch {}", request.epoch,
                              shape(request.at).id, request.at.target, target.epoch));
  target.epoch = std::max(target.epoch, request.epoch);
  Milliseconds free = now_;
  for (const std::size_t index : target.operations) {
    const Operation& there = ledger_[index];
    if (there.dropped) continue;
    if (found_again(shape(request.at).crash_class) && there.request.key == request.key) return index;
    if (!there.landed) free = std::max(free, there.done_at);
  }
  ledger_.push_back({.request = request, .done_at = free + request.lasts});
  target.operations.push_back(ledger_.size() - 1);
  return ledger_.size() - 1;
}

// With it ends what else came of the same request.
void World::stop(std::size_t operation) {
  const Request request = ledger_.at(operation).request;
  for (const std::size_t index : at(request.at).operations) {
    Operation& each = ledger_[index];
    const bool same = each.request.key == request.key && each.request.process == request.process;
    if (same && !each.landed) each.dropped = true;
  }
}

bool World::under_way(TargetId id) const {
  const auto& operations = at(id).operations;
  return std::any_of(operations.begin(), operations.end(),
                     [&](std::size_t index) { return !ledger_[index].landed && !ledger_[index].dropped; });
}

// Asking fences: a target that answered epoch n takes nothing of a lower one any more.
Confirmation::State World::confirm(TargetId id, std::size_t stage, bool back, std::int64_t epoch) {
  using State = Confirmation::State;
  TargetTruth& target = at(id);
  const StepShape& step = shape(id);
  if (!reachable(id)) return State::unknown;
  if (checks_epochs_) target.epoch = std::max(target.epoch, epoch);
  if (step.crash_class == CrashClass::opaque && !step.has_check) return State::unknown;
  if (under_way(id)) return State::in_progress;
  if (step.crash_class == CrashClass::observe) return State::not_done;
  for (const std::size_t index : target.operations) {
    const Operation& each = ledger_[index];
    if (each.landed && each.request.back == back && each.request.stage == stage) return State::done;
  }
  return State::not_done;
}

bool World::visible(std::size_t step) const {
  const StepShape& shape = scenario_.steps.at(step);
  return (shape.kind == Kind::resource || shape.kind == Kind::task) &&
         shape.crash_class != CrashClass::observe;
}

bool World::as_before(TargetId id) const {
  const auto& live = at(id).live;
  return std::all_of(live.begin(), live.end(), [](int value) { return value == 0; });
}

bool World::as_planned(TargetId id) const {
  const StepShape& step = shape(id);
  for (std::size_t stage = 0; stage < step.stages.size(); ++stage)
    if (step.stages[stage].kind != StageKind::prepare && at(id).live[stage] != 1) return false;
  return true;
}

} // namespace deployctl::engine::rehearsal
