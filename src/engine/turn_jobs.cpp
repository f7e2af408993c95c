#include "engine/turn_jobs.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/open_stages.hpp"
#include "plan/compare.hpp"

namespace deployctl::engine {

namespace {

bool began(const Deployment& deployment, const std::string& step, const std::string& target) {
  const TargetHistory* history = deployment.resumed ? deployment.resumed->find(step, target) : nullptr;
  return history && !history->change.stages.empty();
}

bool any_began(const RunStep& context, const Deployment& deployment) {
  if (!deployment.resumed) return false;
  const auto& targets = deployment.resumed->targets;
  const auto first = targets.lower_bound({context.approved.id, std::string()});
  return first != targets.end() && first->first.first == context.approved.id;
}

// Why an earlier process of this run ended the step without this target.
std::optional<std::string> left_behind(const Deployment& deployment, const std::string& step,
                                       const std::string& target) {
  if (!deployment.resumed) return std::nullopt;
  const auto done = deployment.resumed->done.find(step);
  if (done == deployment.resumed->done.end()) return std::nullopt;
  for (const BehindRecord& each : done->second.behind)
    if (each.target == target) return each.why;
  return std::nullopt;
}

Change make_artifact() {
  return {
      .action = Action::run, .summary = "make", .stages = {Stage{.name = "make"}}, .undoable = Undoable::no};
}

std::optional<Error> unreachable(const plan::PlannedTarget& target) {
  if (target.unreachable.empty()) return std::nullopt;
  return Error{.cause = Cause::network, .message = "cannot be reached: " + target.unreachable};
}

// As the planner asks, with the release that is being made.
Ask ask_about(const RunStep& context, const plan::PlannedStep& now, const Target& target,
              const Deployment& deployment) {
  Ask ask{.step = now.id, .target = target, .recorded = now.inputs};
  if (!context.removal) ask = ask_of(deployment.request, now, target);
  ask.release = deployment.release;
  return ask;
}

// What each target is compared with once more, before it is touched.
void note_what_was_seen(RunStep& context) {
  if (context.removal || context.targets.empty()) return;
  for (std::size_t i = 0; i < context.targets.size(); ++i)
    context.targets[i].fingerprint = context.now.targets[i].fingerprint;
  for (std::size_t wave = 0; wave < context.now.waves.size(); ++wave)
    for (const std::size_t i : context.now.waves[wave]) context.targets.at(i).wave = wave;
}

} // namespace

TurnTaken TurnJobs::take(std::size_t step) {
  RunStep& context = deployment_.steps.at(step);
  auto now = plan_now(context);
  if (!now) return {step, fail(std::move(now).error())};
  if (context.provider && !context.removal)
    if (auto kept = deployment_.keep_files(context.provider->description, now->inputs); !kept)
      return {step, fail(std::move(kept).error())};
  take_plan(context, *now, deployment_);
  if (!any_began(context, deployment_)) note_what_was_seen(context);
  return {step, work_of(context, *now, deployment_)};
}

Result<plan::PlannedStep> TurnJobs::plan_now(const RunStep& context) const {
  const bool open =
      context.approved.status == plan::StepStatus::deferred || !context.approved.unknown.empty();
  const bool resumed = any_began(context, deployment_);
  // Half done and fully planned: what was approved goes on; looking again would only see the half.
  if (context.removal || (resumed && !open)) return context.approved;
  const StepTurn turn{*context.step, deployment_.outputs.lookup(), context.upstream_changed};
  if (!context.bound) return plan_step(deployment_.request, turn);
  if (!resumed) return replan_step(deployment_.request, turn, context.approved);
  DEPLOYCTL_TRY(plan::PlannedStep now, plan_step(deployment_.request, turn));
  plan::PlannedStep fresh = now;
  const auto known = [&](const plan::PlannedTarget& target) {
    return began(deployment_, now.id, target.target.name);
  };
  fresh.targets.erase(std::remove_if(fresh.targets.begin(), fresh.targets.end(), known), fresh.targets.end());
  if (const auto outside = plan::outside_approval(context.approved, fresh); !outside.empty())
    return fail(Cause::conflict, fmt::format("step '{}' is no longer what was approved: {}", now.id,
                                             plan::to_text(outside.front())));
  return now;
}

void take_plan(RunStep& context, const plan::PlannedStep& now, const Deployment& deployment) {
  context.inputs = now.inputs;
  context.now = now;
  context.targets.clear();
  if (now.kind == Kind::gate) return; // it only judges: nothing of it is done on a target
  for (const plan::PlannedTarget& planned : now.targets) {
    RunTarget target{.target = planned.target, .change = planned.change};
    target.ask = ask_about(context, now, planned.target, deployment);
    if (now.kind == Kind::artifact && target.change.action != Action::none && target.change.stages.empty())
      target.change = make_artifact();
    if (began(deployment, now.id, planned.target.name)) {
      const TargetHistory& history = *deployment.resumed->find(now.id, planned.target.name);
      target.change = history.change;
      target.ask = history.ask;
      target.undo = history.undo;
      target.acted = history.acted;
      target.went_back = history.going_back;
      target.adopted = history.open;
      target.outputs = history.outputs;
      target.masked_undo = history.masked_undo;
      target.no_undo = undo_refused(history);
    }
    context.targets.push_back(std::move(target));
  }
}

Work work_of(const RunStep& context, const plan::PlannedStep& now, const Deployment& deployment) {
  Work work;
  if (now.kind != Kind::gate) work.waves = now.waves;
  std::vector<std::size_t> unplaced;
  for (std::size_t i = 0; i < context.targets.size(); ++i) {
    const RunTarget& target = context.targets[i];
    TargetWork left{.name = target.target.name, .stages = target.change.stages};
    left.unreachable = unreachable(now.targets[i]);
    left.behind = left_behind(deployment, now.id, left.name);
    if (began(deployment, now.id, left.name)) {
      const TargetHistory& history = *deployment.resumed->find(now.id, left.name);
      left.progress = history.progress;
      left.touched = history.touched;
      left.went_back = history.taken_back;
      left.going_back = history.going_back && !history.taken_back;
    }
    const auto holds = [i](const auto& wave) { return std::find(wave.begin(), wave.end(), i) != wave.end(); };
    if (!left.stages.empty() && std::none_of(work.waves.begin(), work.waves.end(), holds))
      unplaced.push_back(i);
    work.targets.push_back(std::move(left));
  }
  if (!unplaced.empty()) work.waves.insert(work.waves.begin(), unplaced);
  return work;
}

} // namespace deployctl::engine
