#include "engine/planner_change.hpp"

#include <algorithm>
#include <set>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "plan/task_fingerprint.hpp"
#include "plan/waves.hpp"

namespace deployctl::engine {
namespace {

constexpr std::size_t names_shown = 3; // of changed fields, in one line

bool is_at_or_below(std::string_view path, std::string_view above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '.');
}

// The provider planned without what is unknown; its view of those fields gives way to "known after that
// step".
void add_unknown(Change& change, const std::vector<UnknownField>& unknown, const Observation& seen) {
  for (const UnknownField& field : unknown) {
    std::erase_if(change.fields, [&](const FieldChange& other) {
      return is_at_or_below(other.path, field.path) || is_at_or_below(field.path, other.path);
    });
    const Value* before = seen.exists ? seen.managed.find_path(field.path) : nullptr;
    change.fields.push_back(
        {.path = field.path, .before = before ? *before : Value(), .after = field.unknown});
  }
  if (!unknown.empty() && change.action == Action::none)
    change.action = seen.exists ? Action::update : Action::create;
}

Result<plan::PlannedTarget> plan_target(const Resource& resource, const StepMaterial& context, const Ask& ask,
                                        const Observation& seen) {
  plan::PlannedTarget target;
  target.target = ask.target;
  target.fingerprint = fingerprint_of(seen);
  target.facts = seen.facts;
  auto change = resource.plan(ask, seen, context.step->strategy);
  // Without a required field that is unknown a provider may have nothing to compare with.
  if (!change && context.inputs.unknown.empty()) return fail(std::move(change).error());
  if (change) target.change = *std::move(change);
  add_unknown(target.change, context.inputs.unknown, seen);
  return target;
}

std::string listed(const std::set<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names)
    if (shown.size() < names_shown) shown.push_back(name);
  std::string text = join(shown, ", ");
  if (names.size() > names_shown) text += " and " + std::to_string(names.size() - names_shown) + " more";
  return text;
}

std::string why_changed(const plan::PlannedStep& step) {
  const Action strongest = plan::strongest_action(step);
  if (strongest == Action::create) return "does not exist yet";
  std::set<std::string> fields;
  for (const plan::PlannedTarget& target : step.targets)
    for (const FieldChange& field : target.change.fields) fields.insert(field.path);
  return fields.empty() ? "is not as wanted" : "differs: " + listed(fields);
}

std::string changed_inputs(const Value& recorded, const Value& written) {
  std::set<std::string> names;
  for (const Value* value : {&recorded, &written})
    if (value->map())
      for (const auto& [name, item] : *value->map()) {
        const Value* before = recorded.find(name);
        const Value* now = written.find(name);
        if (!before || !now || *before != *now) names.insert(name);
      }
  return listed(names);
}

// "behind: app-3; cannot be reached: app-7": what the waves alone do not tell.
std::string hosts_aside(const StepMaterial& context, const plan::PlannedStep& planned) {
  std::vector<std::string> behind;
  std::vector<std::string> unreachable;
  for (const plan::PlannedTarget& target : planned.targets) {
    const std::string& name = target.target.name;
    if (!target.unreachable.empty())
      unreachable.push_back(name);
    else if (context.live && std::ranges::find(context.live->behind, name) != context.live->behind.end() &&
             target.change.action != Action::none)
      behind.push_back(name);
  }
  std::vector<std::string> parts;
  if (!behind.empty()) parts.push_back("behind: " + join(behind, ", "));
  if (!unreachable.empty()) parts.push_back("cannot be reached: " + join(unreachable, ", "));
  return join(parts, "; ");
}

// Why a task runs; empty: there is nothing to do.
std::string why_run(const PlanRequest& request, const StepMaterial& context, const plan::PlannedStep& planned,
                    const state::ReleaseStep* succeeded) {
  const bool named =
      request.operation == "run" && std::ranges::find(request.only, planned.id) != request.only.end();
  if (named) return "asked for";
  if (context.step->always) return "always runs";
  if (!context.changed_need.empty()) return "needs " + context.changed_need + ", which changes";
  if (!context.inputs.unknown.empty())
    return "needs " + context.inputs.unknown.front().unknown.step + " first";
  if (succeeded) return {};
  if (!context.live) return "has not run in the live release";
  const std::string inputs = changed_inputs(context.live->inputs, planned.inputs);
  return inputs.empty() ? "its sources changed" : "inputs changed: " + inputs;
}

// Of a task that does not run: what it gave in the release that is gone back to, or when it ran last.
Value outputs_when_done(const PlanRequest& request, const std::string& id, const state::ReleaseStep* last) {
  if (const auto found = request.recorded.find(id); found != request.recorded.end()) return found->second;
  return last && !last->outputs.is_null() ? last->outputs : Value(Value::Map());
}

Status add_runs(const Task& task, const StepMaterial& context, plan::PlannedStep& planned) {
  std::vector<plan::WaveTarget> line;
  for (const Target& target : context.targets) {
    auto change = task.plan({.step = planned.id,
                             .inputs = context.inputs.asked,
                             .target = target,
                             .recorded = context.live ? context.live->inputs : Value(),
                             .release = {}});
    if (!change && context.inputs.unknown.empty()) return fail(std::move(change).error());
    planned.targets.push_back(
        {.target = target,
         .change = change ? *std::move(change) : run_change("run", context.inputs.asked),
         .fingerprint = {},
         .facts = {}});
    line.push_back({.changes = planned.targets.back().change.action != Action::none});
  }
  planned.waves = plan::make_waves(context.step->strategy, line);
  return {};
}

} // namespace

Change run_change(std::string stage, Value desired) {
  Change change;
  change.action = Action::run;
  change.stages = {{.name = std::move(stage)}};
  change.desired = std::move(desired);
  return change;
}

plan::PlannedStep as_settled(plan::PlannedStep planned, const Settled& settled) {
  planned.why = settled.why;
  planned.outputs = settled.outputs.is_null() ? Value(Value::Map()) : settled.outputs;
  return planned;
}

std::string fingerprint_of(const Observation& seen) {
  return sha256_hex(to_json(Value::Map{{"exists", seen.exists}, {"managed", seen.managed}}));
}

Result<plan::PlannedStep> plan_resource(const Resource& resource, const StepMaterial& context,
                                        std::span<const Result<Reading>> readings,
                                        plan::PlannedStep planned) {
  std::vector<plan::WaveTarget> line;
  std::vector<Value> outputs;
  Ask ask{.step = planned.id,
          .inputs = context.inputs.asked,
          .target = {},
          .recorded = context.live ? context.live->inputs : Value(),
          .release = {}};
  std::size_t unreachable = 0;
  for (std::size_t i = 0; i < context.targets.size(); ++i) {
    ask.target = context.targets[i];
    if (!readings[i]) { // borne by the strategy: planned_step has counted them
      planned.targets.push_back({.target = ask.target, .unreachable = readings[i].error().message});
      line.push_back({.changes = false, .healthy = false});
      ++unreachable;
      continue;
    }
    const Observation& seen = *readings[i]->observation;
    DEPLOYCTL_TRY(plan::PlannedTarget target, plan_target(resource, context, ask, seen));
    const bool changes = target.change.action != Action::none;
    line.push_back({.changes = changes, .healthy = !seen.exists || seen.healthy});
    if (!changes) outputs.push_back(resource.outputs(ask, seen));
    planned.targets.push_back(std::move(target));
  }
  const std::string aside = hosts_aside(context, planned);
  if (outputs.size() + unreachable == planned.targets.size()) {
    planned.outputs = step_outputs(outputs);
    planned.why = aside;
    return planned;
  }
  planned.status = plan::StepStatus::change;
  planned.why = why_changed(planned) + (aside.empty() ? "" : "; " + aside);
  planned.waves = plan::make_waves(context.step->strategy, line);
  return planned;
}

Result<plan::PlannedStep> plan_task(const PlanRequest& request, const Task& task, const StepMaterial& context,
                                    plan::PlannedStep planned) {
  DEPLOYCTL_TRY(std::string sources, request.memory->sources(request.sources_hash, context.step->sources));
  planned.task_fingerprint = plan::task_fingerprint({.action = planned.action,
                                                     .instance = planned.instance,
                                                     .inputs = planned.inputs,
                                                     .sources_hash = std::move(sources)});
  if (context.settled) { // what ran elsewhere does not count as done here
    if (!context.settled->here) planned.task_fingerprint.clear();
    return as_settled(std::move(planned), *context.settled);
  }
  const state::ReleaseStep* succeeded =
      request.memory->succeeded(request.live, request.catalog, planned.action, planned.task_fingerprint);
  planned.why = request.tasks ? why_run(request, context, planned, succeeded) : std::string();
  if (!planned.why.empty()) {
    planned.status = plan::StepStatus::run;
    DEPLOYCTL_CHECK(add_runs(task, context, planned));
    return planned;
  }
  if (!succeeded) planned.task_fingerprint.clear(); // it was left out, not done
  planned.outputs = outputs_when_done(request, planned.id, succeeded ? succeeded : context.live);
  return planned;
}

} // namespace deployctl::engine
