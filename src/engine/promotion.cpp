#include "engine/promotion.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "state/history.hpp"

namespace deployctl::engine {

namespace {

constexpr int releases_searched = 200;

std::vector<std::string> artifacts_of(const config::Pipeline& pipeline) {
  std::vector<std::string> ids;
  for (const config::Step& step : pipeline.steps)
    if (step.kind == Kind::artifact) ids.push_back(step.id);
  return ids;
}

Error refused(const config::Pipeline& pipeline, const std::string& from, std::string why) {
  return {
      .cause = Cause::policy,
      .message = fmt::format("'{}' takes its artifacts from '{}', and {}", pipeline.environment, from, why),
      .help = fmt::format("deploy this source to '{}' first; --no-from WHY makes them here instead", from)};
}

// The newest good release of exactly this source. What was deployed with uncommitted changes proves nothing.
Result<std::optional<state::Release>> proven(const state::History& history, const std::string& stack,
                                             const std::string& tree) {
  DEPLOYCTL_TRY(const auto lines, history.releases(stack, releases_searched));
  for (const state::ReleaseLine& line : lines) {
    if (line.outcome != state::ReleaseOutcome::good || line.quarantined || line.dirty) continue;
    DEPLOYCTL_TRY(auto release, history.release(line.id));
    if (release && release->tree == tree) return release;
  }
  return std::nullopt;
}

} // namespace

std::vector<std::string> tasks_only_for(const config::Pipeline& pipeline,
                                        const std::vector<std::string>& steps) {
  std::map<std::string_view, std::vector<std::string_view>> dependents;
  for (const config::Step& step : pipeline.steps)
    for (const std::string& need : step.needs) dependents[need].push_back(step.id);
  std::set<std::string_view> done(steps.begin(), steps.end());
  std::vector<std::string> tasks;
  // Each round settles what the round before made free; at most one round a step.
  for (bool found = true; std::exchange(found, false);)
    for (const config::Step& step : pipeline.steps) {
      const auto& of_step = dependents[step.id];
      if (step.kind != Kind::task || step.always || of_step.empty() || done.contains(step.id)) continue;
      if (!std::ranges::all_of(of_step, [&](std::string_view id) { return done.contains(id); })) continue;
      done.insert(step.id);
      tasks.push_back(step.id);
      found = true;
    }
  return tasks;
}

Result<Promotion> find_promotion(const state::History& history, const config::Pipeline& pipeline,
                                 const Source& source, const std::string& from) {
  const std::vector<std::string> artifacts = artifacts_of(pipeline);
  if (artifacts.empty()) return Promotion{};
  if (from == pipeline.environment)
    return fail(Cause::config, fmt::format("'{}' cannot take its artifacts from itself", from));
  if (source.tree.empty())
    return fail(refused(pipeline, from, "outside a git repository nobody can tell which source was proven"));
  DEPLOYCTL_TRY(const auto release, proven(history, pipeline.project + "/" + from, source.tree));
  if (!release) return fail(refused(pipeline, from, "that has no good release of this source"));

  Promotion promotion{.release = release->id, .settled = {}};
  const std::string why = fmt::format("release {} of {}", release->number, from);
  for (const std::string& id : artifacts) {
    const state::ReleaseStep* recorded = release->step(id);
    if (!recorded || recorded->kind != Kind::artifact)
      return fail(refused(pipeline, from, fmt::format("its release {} has no '{}'", release->number, id)));
    promotion.settled[id] = {.outputs = recorded->outputs, .why = why};
  }
  for (const std::string& id : tasks_only_for(pipeline, artifacts)) {
    const state::ReleaseStep* recorded = release->step(id);
    promotion.settled[id] = {.outputs = recorded ? recorded->outputs : Value(Value::Map()), .why = why};
  }
  return promotion;
}

} // namespace deployctl::engine
