#include "engine/planner.hpp"

#include <algorithm>
#include <set>

#include "base/time.hpp"
#include "engine/planner_removal.hpp"
#include "engine/planner_secrets.hpp"
#include "engine/planner_step.hpp"
#include "engine/planner_walk.hpp"
#include "plan/compare.hpp"

namespace deployctl::engine {
namespace {

// In a protected environment people approve digests, not promises.
Status check_protected(const PlanRequest& request, const std::vector<plan::PlannedStep>& steps) {
  if (!request.pipeline.is_protected || request.operation == "run") return {};
  std::set<std::string_view> artifacts;
  for (const plan::PlannedStep& step : steps)
    if (step.kind == Kind::artifact) artifacts.insert(step.id);
  for (const plan::PlannedStep& step : steps) {
    const auto unknown = std::ranges::find_if(
        step.unknown, [&](const Unknown& field) { return artifacts.contains(field.step); });
    const bool is_deferred = step.status == plan::StepStatus::deferred;
    if (!is_deferred && unknown == step.unknown.end()) continue;
    const std::string& needed = is_deferred ? step.unknown.front().step : unknown->step;
    return fail(Cause::policy,
                "'" + step.id + "' cannot be planned fully: it needs '" + needed + "', and '" +
                    request.pipeline.environment + "' is protected",
                "make artifacts first: deployctl plan " + request.pipeline.environment + " --build");
  }
  return {};
}

plan::Content new_content(const PlanRequest& request, std::vector<plan::PlannedStep> steps) {
  plan::Content content;
  content.tool = request.tool;
  content.operation = request.operation;
  content.project = request.pipeline.project;
  content.environment = request.pipeline.environment;
  content.is_protected = request.pipeline.is_protected;
  content.version = request.version;
  content.commit = request.commit;
  content.dirty = request.dirty;
  content.pipeline_digest = request.pipeline.digest;
  content.base_release = request.live ? request.live->id : "";
  content.epoch = request.epoch;
  content.target_release = request.target_release;
  content.crossings = request.crossings;
  content.promoted_from = request.promoted_from;
  content.promoted_release = request.promoted_release;
  content.no_from = request.no_from;
  for (const auto& [step, settled] : request.settled)
    if (settled.here) content.built.push_back(step);
  content.secrets = planned_secrets(request, steps);
  content.steps = std::move(steps);
  content.commits = request.commits;
  content.commits_total = request.commits_total;
  content.approval = request.approval;
  return content;
}

void emit(const PlanRequest& request, std::string type, std::string message, Value fields) {
  Event event;
  event.type = std::move(type);
  event.message = std::move(message);
  event.fields = std::move(fields);
  request.events.emit(std::move(event));
}

void emit_summary(const PlanRequest& request, const plan::Plan& plan) {
  const plan::Counts counts = plan::count(plan.content);
  emit(request, "plan_summary", plan.has_changes() ? "changes are pending" : "no changes",
       Value::Map{{"create", counts.create},
                  {"update", counts.update},
                  {"replace", counts.replace},
                  {"remove", counts.remove},
                  {"run", counts.run},
                  {"deferred", counts.deferred},
                  {"unchanged", counts.unchanged},
                  {"digest", plan.envelope.digest}});
}

Result<plan::Plan> compared(const PlanRequest& request) {
  DEPLOYCTL_TRY(PlanWalk walk, PlanWalk::over(request));
  DEPLOYCTL_TRY(auto steps, std::move(walk).steps());
  DEPLOYCTL_CHECK(check_protected(request, steps));
  DEPLOYCTL_CHECK(add_left_behind(request, steps));

  plan::Plan plan;
  plan.content = new_content(request, std::move(steps));
  const auto now = request.connections.ports().clock.wall();
  plan.envelope.created_at = format_time(now);
  plan.envelope.expires_at = format_time(now + request.lifetime);
  plan.envelope.created_by = request.created_by;
  plan.envelope.author = request.author;
  plan.envelope.digest = plan::content_digest(plan.content);
  return plan;
}

} // namespace

Result<plan::Plan> make_plan(const PlanRequest& request) {
  emit(request, "plan_started", "comparing " + request.pipeline.stack() + " with what is live",
       Value::Map{{"environment", request.pipeline.environment},
                  {"steps", static_cast<std::int64_t>(request.pipeline.steps.size())}});
  DEPLOYCTL_TRY(plan::Plan plan, compared(request));
  emit_summary(request, plan);
  return plan;
}

Result<std::vector<plan::Stale>> check_still_true(const plan::Plan& approved, const PlanRequest& request) {
  PlanRequest anew = request; // sources may have changed while people looked at the plan
  anew.memory = std::make_shared<PlanMemory>();
  DEPLOYCTL_TRY(const plan::Plan now, compared(anew));
  return plan::differences_since(approved, now);
}

Result<plan::PlannedStep> plan_step(const PlanRequest& request, const StepTurn& turn) {
  const config::Outputs outputs = [&](std::string_view id) {
    const Value* known = turn.outputs ? turn.outputs(id) : nullptr;
    return known ? known : absent_outputs(request, id);
  };
  DEPLOYCTL_TRY(StepMaterial context, step_material(request, turn.step, outputs));
  if (turn.needs_changed)
    context.changed_need = turn.step.needs.empty() ? "something" : turn.step.needs.front();
  const std::vector<Read> reads = reads_of(context);
  const auto readings = read_all(request.connections, reads, request.parallel, request.stop);
  return planned_step(request, context, readings);
}

namespace {

// A host that could not be looked at when the plan was made was approved as left out, and stays so.
void leave_out(const plan::PlannedStep& approved, plan::PlannedStep& now) {
  for (plan::PlannedTarget& target : now.targets) {
    const auto was = std::ranges::find(approved.targets, target.target.name,
                                       [](const plan::PlannedTarget& other) { return other.target.name; });
    if (was != approved.targets.end() && !was->unreachable.empty()) target = *was;
  }
}

} // namespace

Result<plan::PlannedStep> replan_step(const PlanRequest& request, const StepTurn& turn,
                                      const plan::PlannedStep& approved) {
  DEPLOYCTL_TRY(plan::PlannedStep now, plan_step(request, turn));
  leave_out(approved, now);
  const auto differences = plan::outside_approval(approved, now);
  if (differences.empty()) return now;
  Error error{.cause = Cause::conflict,
              .message = "'" + approved.id + "' would now do something other than what was approved",
              .help = "make a new plan and have it approved"};
  for (const plan::Difference& difference : differences) error.evidence.push_back(plan::to_text(difference));
  return fail(std::move(error).at(turn.step.span));
}

} // namespace deployctl::engine
