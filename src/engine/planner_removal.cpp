#include "engine/planner_removal.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/strings.hpp"
#include "engine/planner_change.hpp"

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

// A step whose identity changed leaves a thing behind under its own id; '~' cannot stand in a step's id.
std::string free_id(const std::set<std::string>& taken, std::string id) {
  while (taken.contains(id)) id += "~old";
  return id;
}

std::set<std::string> ids_of(const std::vector<plan::PlannedStep>& steps) {
  std::set<std::string> ids;
  for (const plan::PlannedStep& step : steps) ids.insert(step.id);
  return ids;
}

std::string place_key(const std::string& identity, const std::string& instance) {
  return identity + "\n" + instance;
}

// By identity and instance: the host names where present steps have it; none for things that are not on
// hosts.
using Places = std::map<std::string, std::set<std::string>>;

Places managed_places(const PlanRequest& request, const std::vector<plan::PlannedStep>& present) {
  std::map<std::string_view, const config::Step*> written;
  for (const config::Step& step : request.pipeline.steps) written.emplace(step.id, &step);
  Places places;
  for (const plan::PlannedStep& step : present) {
    const Provider* provider = find_provider(request.catalog, step.action);
    if (!provider) continue;
    auto& names =
        places[place_key(identity_text(provider->description, step.id, step.inputs), step.instance)];
    if (provider->description.on_hosts)
      for (const Host& host : written.at(step.id)->hosts) names.insert(host.name);
  }
  return places;
}

plan::PlannedStep gone_step(const state::ReleaseStep& step, std::string id, bool whole) {
  plan::PlannedStep planned{.id = std::move(id),
                            .action = step.action,
                            .kind = step.kind,
                            .instance = step.instance,
                            .status = plan::StepStatus::gone,
                            .why = "in the live release, not in the pipeline"};
  planned.inputs = step.inputs;
  std::vector<std::string> names;
  for (const Host& host : step.hosts) names.push_back(host.name);
  for (Target& target : recorded_targets(step))
    planned.targets.push_back({.target = std::move(target), .change = {}, .fingerprint = {}, .facts = {}});
  if (!whole) planned.why = "no longer on " + join(names, ", ");
  return planned;
}

// Ids of those that needed a step, as the live release recorded them.
std::map<std::string, std::vector<std::string>> recorded_dependents(const PlanRequest& request) {
  std::map<std::string, std::vector<std::string>> dependents;
  if (request.live)
    for (const state::ReleaseStep& step : request.live->steps)
      for (const std::string& need : step.needs) dependents[need].push_back(step.id);
  return dependents;
}

Status add_removals(const PlanRequest& request, const std::vector<state::ReleaseStep>& removals,
                    std::vector<plan::PlannedStep>& steps) {
  std::vector<Read> reads;
  std::vector<std::size_t> counts;
  for (const state::ReleaseStep& removal : removals) {
    const std::size_t before = reads.size();
    for (Read& read : reads_of(request, removal)) reads.push_back(std::move(read));
    counts.push_back(reads.size() - before);
  }
  const auto readings = read_all(request.connections, reads, request.parallel, request.stop);
  auto dependents = recorded_dependents(request);
  std::set<std::string> there = ids_of(steps);
  std::size_t next = readings.size();
  for (std::size_t i = removals.size(); i-- > 0;) {
    next -= counts[i];
    DEPLOYCTL_TRY(plan::PlannedStep planned,
                  planned_removal(request, removals[i], std::span(readings).subspan(next, counts[i])));
    for (const std::string& dependent : dependents[removals[i].id])
      if (there.contains(dependent)) planned.needs.push_back(dependent);
    planned.id = free_id(there, planned.id);
    there.insert(planned.id);
    steps.push_back(std::move(planned));
  }
  return {};
}

} // namespace

std::vector<state::ReleaseStep> left_behind(const PlanRequest& request,
                                            const std::vector<plan::PlannedStep>& present) {
  std::vector<state::ReleaseStep> left;
  if (!request.live) return left;
  const Places places = managed_places(request, present);
  for (const state::ReleaseStep& step : request.live->steps) {
    if (step.kind != Kind::resource) continue;
    const Provider* provider = find_provider(request.catalog, step.action);
    const std::string identity =
        provider ? identity_text(provider->description, step.id, step.inputs) : step.identity;
    const auto managed = places.find(place_key(identity, step.instance));
    state::ReleaseStep rest = step;
    if (managed != places.end())
      std::erase_if(rest.hosts, [&](const Host& host) { return managed->second.contains(host.name); });
    if (managed == places.end() || !rest.hosts.empty()) left.push_back(std::move(rest));
  }
  return left;
}

Status add_left_behind(const PlanRequest& request, std::vector<plan::PlannedStep>& steps) {
  std::vector<state::ReleaseStep> left;
  if (request.prune || request.keep_absent) left = left_behind(request, steps);
  std::vector<state::ReleaseStep> removals = request.removals;
  if (request.prune) removals = std::exchange(left, {});
  std::set<std::string> leaving;
  for (const state::ReleaseStep& removal : removals) leaving.insert(removal.id);
  const std::set<std::string> taken = ids_of(steps);
  DEPLOYCTL_CHECK(add_removals(request, removals, steps));
  for (const state::ReleaseStep& step : left) {
    if (leaving.contains(step.id)) continue;
    const auto recorded = std::ranges::find(request.live->steps, step.id, &state::ReleaseStep::id);
    const bool whole = recorded->hosts.size() == step.hosts.size();
    steps.push_back(gone_step(step, free_id(taken, step.id), whole));
  }
  return {};
}

} // namespace deployctl::engine
