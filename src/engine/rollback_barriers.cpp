#include "engine/rollback_barriers.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace deployctl::engine {

namespace {

constexpr std::int64_t most_releases = 10'000; // looked at, from the live one back

bool is_barrier(const state::ReleaseStep& step) {
  return !step.irreversible.empty() && !step.older_code_works;
}

bool did_something(const state::ReleaseStep& step, const state::ReleaseStep* before) {
  if (!before) return true;
  if (step.kind != Kind::task) return step.inputs != before->inputs;
  return step.task_fingerprint.empty() || step.task_fingerprint != before->task_fingerprint;
}

void add(std::vector<plan::Crossing>& barriers, const std::string& step, std::string why) {
  const auto same = [&](const plan::Crossing& known) { return known.step == step; };
  if (std::none_of(barriers.begin(), barriers.end(), same)) barriers.push_back({step, std::move(why)});
}

} // namespace

Result<std::vector<plan::Crossing>>
barriers_between(const state::History& history, const state::Release& target, const state::Release& live) {
  std::vector<plan::Crossing> barriers;
  const std::int64_t count = live.number - target.number;
  if (count <= 0) return barriers;
  DEPLOYCTL_TRY(const auto lines,
                history.releases(live.stack(), static_cast<int>(std::min(count, most_releases))));
  state::Release before = target;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->number <= target.number) continue;
    DEPLOYCTL_TRY(auto release, history.release(line->id));
    if (!release) continue;
    for (const state::ReleaseStep& step : release->steps)
      if (line->operation != "rollback" && is_barrier(step) && did_something(step, before.step(step.id)))
        add(barriers, step.id, fmt::format("{} (release {})", step.irreversible, line->number));
    before = *std::move(release);
  }
  return barriers;
}

std::vector<plan::Crossing> barriers_before(const plan::Plan& plan, const state::Release& live) {
  std::vector<plan::Crossing> barriers;
  for (const state::ReleaseStep& step : live.steps) {
    if (!is_barrier(step)) continue;
    const auto& steps = plan.content.steps;
    const auto planned = std::find_if(steps.begin(), steps.end(),
                                      [&](const plan::PlannedStep& other) { return other.id == step.id; });
    const bool same = planned != steps.end() && !step.task_fingerprint.empty() &&
                      planned->task_fingerprint == step.task_fingerprint;
    if (!same) add(barriers, step.id, step.irreversible);
  }
  return barriers;
}

Status check_crossings(const std::vector<plan::Crossing>& barriers, const std::vector<std::string>& named,
                       const std::string& destination) {
  for (const std::string& step : named) {
    const auto same = [&](const plan::Crossing& barrier) { return barrier.step == step; };
    if (std::none_of(barriers.begin(), barriers.end(), same))
      return fail(Cause::config, fmt::format("'{}' does not stand between here and {}", step, destination),
                  "leave --cross out");
  }
  for (const plan::Crossing& barrier : barriers)
    if (std::find(named.begin(), named.end(), barrier.step) == named.end())
      return fail(Cause::policy,
                  fmt::format("'{}' stands between here and {}, and older code does not work with what it "
                              "did: {}",
                              barrier.step, destination, barrier.why),
                  fmt::format("if that code does work, go back all the same with --cross {}", barrier.step));
  return {};
}

} // namespace deployctl::engine
