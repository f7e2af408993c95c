#include "engine/rollback.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "engine/apply.hpp"
#include "engine/endings.hpp"
#include "engine/planning.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

const config::Step* written_step(const config::Pipeline& pipeline, const std::string& id) {
  const auto same = [&](const config::Step& step) { return step.id == id; };
  const auto found = std::find_if(pipeline.steps.begin(), pipeline.steps.end(), same);
  return found == pipeline.steps.end() ? nullptr : &*found;
}

config::Step recorded_step(const state::ReleaseStep& recorded, const config::Pipeline& current) {
  const config::Step* written = written_step(current, recorded.id);
  config::Step step;
  if (written && written->action == recorded.action) step = *written;
  step.id = recorded.id;
  step.action = recorded.action;
  step.kind = recorded.kind;
  step.instance = recorded.instance;
  step.inputs = recorded.inputs;
  step.needs = recorded.needs;
  step.always = false;
  if (!recorded.hosts.empty()) step.hosts = recorded.hosts;
  return step;
}

Result<state::Release> chosen(Environment& environment, const Planning& planning, const std::string& stack,
                              const std::string& to) {
  const auto& live = planning.live();
  if (!live)
    return fail(Cause::not_found, fmt::format("'{}' has no recorded release to go back from", stack),
                "a tag of the source tree can be applied instead: check it out and run 'deployctl apply'");
  if (to.empty()) {
    DEPLOYCTL_TRY(auto release, environment.history.latest_good(stack, live->id));
    if (!release)
      return fail(Cause::not_found, fmt::format("'{}' has no good release before {}", stack, live->number));
    return *std::move(release);
  }
  DEPLOYCTL_TRY(auto release, environment.history.find(stack, to));
  if (!release)
    return fail(Cause::not_found, fmt::format("'{}' has no recorded release '{}'", stack, to),
                "'deployctl history' lists them; a git tag without a record can be checked out and applied");
  return *std::move(release);
}

Status complete(const Environment& environment, const state::Release& release) {
  const state::Blobs blobs = environment.state.blobs();
  Error missing{.cause = Cause::not_found};
  for (const std::string& sha256 : state::blobs_of(release))
    if (!blobs.contains(sha256)) missing.evidence.push_back("sha256:" + sha256);
  if (missing.evidence.empty()) return {};
  missing.message = fmt::format("release {} cannot be restored: {} of its files are not kept here",
                                release.number, missing.evidence.size());
  missing.help = "go back to another release: 'deployctl history --check' says which are complete";
  return fail(std::move(missing));
}

void prepare(Planning& planning, const state::Release& release) {
  PlanRequest& request = planning.request();
  request.target_release = release.id;
  request.tasks = false;
  request.keep_absent = false;
  request.removals = added_since(release, *planning.live());
  request.version = release.version;
  request.commit = release.commit;
  request.dirty = release.dirty;
  request.commits.clear();
  request.commits_total = 0;
}

} // namespace

config::Pipeline recorded_pipeline(const state::Release& release, const config::Pipeline& current) {
  config::Pipeline pipeline = current;
  pipeline.steps.clear();
  pipeline.absent.clear();
  pipeline.release_version = release.version;
  for (const state::ReleaseStep& step : release.steps) pipeline.steps.push_back(recorded_step(step, current));
  pipeline.digest = sha256_hex(current.digest + "\n" + to_json(state::to_value(release)));
  return pipeline;
}

std::vector<state::ReleaseStep> added_since(const state::Release& older, const state::Release& live) {
  std::vector<state::ReleaseStep> added;
  for (const state::ReleaseStep& step : live.steps) {
    const auto same = [&](const state::ReleaseStep& before) { return before.identity == step.identity; };
    if (step.kind == Kind::resource && std::none_of(older.steps.begin(), older.steps.end(), same))
      added.push_back(step);
  }
  return added;
}

Result<RollbackPlan> rollback_plan(Environment& environment, const config::Pipeline& pipeline,
                                   const Source& source, const std::string& to) {
  DEPLOYCTL_TRY(const auto current, Planning::open(environment, pipeline, source, "rollback"));
  DEPLOYCTL_TRY(const state::Release release, chosen(environment, *current, pipeline.stack(), to));
  DEPLOYCTL_CHECK(complete(environment, release));
  RollbackPlan rollback{.plan = {}, .pipeline = recorded_pipeline(release, pipeline)};
  DEPLOYCTL_TRY(const auto planning, Planning::open(environment, rollback.pipeline, source, "rollback"));
  prepare(*planning, release);
  DEPLOYCTL_TRY(rollback.plan, make_plan(planning->request()));
  return rollback;
}

Ending apply_rollback(Environment& environment, const RollbackPlan& rollback, const Source& source,
                      const ApplyOptions& options) {
  if (auto pending = recover_pending(environment, rollback.pipeline, source, options))
    return *std::move(pending);
  auto planning = Planning::open(environment, rollback.pipeline, source, "rollback");
  if (!planning) return refused(planning.error());
  auto release = environment.history.release(rollback.plan.content.target_release);
  if (!release) return refused(release.error());
  if (!*release || !(*planning)->live())
    return refused(exit_code::stale, {.cause = Cause::conflict,
                                      .message = "the release to go back to is not recorded any more"});
  prepare(**planning, **release);
  return carry_out({environment, rollback.pipeline, source, **planning, options}, rollback.plan);
}

} // namespace deployctl::engine
