#include "engine/unreachable.hpp"

#include <algorithm>

#include <deployctl/host_state.hpp>

namespace deployctl::engine {
namespace {

std::string name_of(const state::Release& release) {
  return release.version.empty() ? "release " + std::to_string(release.number) : release.version;
}

// What the last release record knows of a host that nobody could look at.
HostState remembered(const PlanRequest& request, const StepMaterial& context, const std::string& host) {
  if (!context.live || !request.live) return {};
  const state::ReleaseStep& step = *context.live;
  if (std::ranges::find(step.hosts, host, &Host::name) == step.hosts.end()) return {};
  const Value* release = step.outputs.find("release");
  const bool behind = std::ranges::find(step.behind, host) != step.behind.end();
  HostState state{.now = release && release->text() ? *release->text() : name_of(*request.live),
                  .since = request.live->created_at,
                  .changed_by = "run " + request.live->run,
                  .is_memory = true};
  if (behind) state = {.now = "behind " + state.now, .is_memory = true};
  return state;
}

} // namespace

void remember_unreachable(const PlanRequest& request, const StepMaterial& context,
                          plan::PlannedStep& planned) {
  for (plan::PlannedTarget& target : planned.targets)
    if (!target.unreachable.empty())
      add_state(target.facts, remembered(request, context, target.target.name));
}

Error with_memory(Error error, const PlanRequest& request, const StepMaterial& context,
                  std::span<const Result<Reading>> readings) {
  for (std::size_t i = 0; i < readings.size() && i < context.targets.size(); ++i) {
    if (readings[i]) continue;
    const std::string& host = context.targets[i].name;
    if (const HostState state = remembered(request, context, host); state.is_memory)
      error.evidence.push_back("last recorded on " + host + ": " + state.now +
                               (state.since.empty() ? "" : " since " + state.since));
  }
  return error;
}

} // namespace deployctl::engine
