#include "engine/planner_change.hpp"
#include "engine/planner_step.hpp"

namespace deployctl::engine {
namespace {

std::vector<Target> recorded_targets(const state::ReleaseStep& removal) {
  if (removal.hosts.empty()) return {Target{}};
  std::vector<Target> targets;
  for (const Host& host : removal.hosts) targets.push_back({.name = host.name, .host = host});
  return targets;
}

Ask removal_ask(const state::ReleaseStep& removal, const Target& target) {
  return {.step = removal.id, .inputs = {}, .target = target, .recorded = removal.inputs, .release = {}};
}

} // namespace

std::vector<Read> reads_of(const PlanRequest& request, const state::ReleaseStep& removal) {
  std::vector<Read> reads;
  const Provider* provider = find_provider(request.catalog, removal.action);
  if (provider && provider->description.kind == Kind::resource)
    for (const Target& target : recorded_targets(removal))
      reads.push_back({provider, removal.instance, removal_ask(removal, target)});
  return reads;
}

Result<plan::PlannedStep> planned_removal(const PlanRequest& request, const state::ReleaseStep& removal,
                                          std::span<const Result<Reading>> readings) {
  const Provider* provider = find_provider(request.catalog, removal.action);
  if (!provider)
    return fail(Cause::config, "'" + removal.id + "' cannot be removed: this version has no action '" +
                                   removal.action + "'");
  const std::vector<Target> targets = recorded_targets(removal);
  DEPLOYCTL_CHECK(all_read(removal.id, targets, readings));
  plan::PlannedStep planned{.id = removal.id,
                            .action = removal.action,
                            .kind = removal.kind,
                            .instance = removal.instance,
                            .why = "not in the pipeline any more",
                            .inputs = removal.inputs,
                            .irreversible = removal.irreversible};
  const auto* resource = std::get_if<std::shared_ptr<const Resource>>(&provider->verbs);
  if (!resource) return planned;
  if (provider->description.crash_class)
    planned.crash_class = provider->description.crash_class(removal.inputs);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const Observation& seen = *readings[i]->observation;
    DEPLOYCTL_TRY(Change change, (*resource)->plan(removal_ask(removal, targets[i]), seen, {}));
    if (change.action != Action::none) planned.status = plan::StepStatus::change;
    planned.targets.push_back({.target = targets[i],
                               .change = std::move(change),
                               .fingerprint = fingerprint_of(seen),
                               .facts = seen.facts});
  }
  std::vector<std::size_t> wave;
  for (std::size_t i = 0; i < planned.targets.size(); ++i)
    if (planned.targets[i].change.action != Action::none) wave.push_back(i);
  if (!wave.empty()) planned.waves = {std::move(wave)};
  return planned;
}

} // namespace deployctl::engine
