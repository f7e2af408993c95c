#include "base/field_diff.hpp"
#include "base/json.hpp"
#include "engine/planner.hpp"
#include "engine/planner_inputs.hpp"

namespace deployctl::engine {

std::vector<Target> targets_of(const Description& description, const config::Step& step) {
  if (!description.on_hosts) return {Target{}};
  std::vector<Target> targets;
  for (const Host& host : step.hosts) targets.push_back({.name = host.name, .host = host});
  return targets;
}

std::string identity_text(const Description& description, const std::string& step, const Value& inputs) {
  const Value identity = identity_part(description.fields, inputs);
  bool unknown = false;
  for_each_unknown(identity, [&](const Unknown&) { unknown = true; });
  if (unknown) return {};
  return description.name + (identity.map()->empty() ? "#" + step : to_json(identity));
}

Value step_outputs(const std::vector<Value>& of_targets) {
  return of_targets.empty() ? Value(Value::Map()) : of_targets.front();
}

Ask ask_of(const PlanRequest& request, const plan::PlannedStep& step, const Target& target) {
  Ask ask{.step = step.id, .inputs = step.inputs, .target = target, .recorded = {}, .release = {}};
  const Provider* provider = find_provider(request.catalog, step.action);
  if (!provider) return ask;
  const Description& description = provider->description;
  const std::string identity = identity_text(description, step.id, step.inputs);
  std::vector<Host> hosts;
  if (target.host) hosts.push_back(*target.host);
  const auto* live =
      request.memory->live_step(request.live, request.catalog, {identity, step.id, step.instance, hosts});
  if (live) ask.recorded = live->inputs;
  const bool owns = live && description.kind == Kind::resource;
  ask.inputs = asked_inputs(description, step.inputs, owns ? live->inputs : Value()).asked;
  return ask;
}

} // namespace deployctl::engine
