#include "engine/rollback.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"
#include "engine/apply.hpp"
#include "engine/endings.hpp"
#include "engine/planning.hpp"
#include "engine/restorable.hpp"
#include "engine/rollback_barriers.hpp"
#include "state/history.hpp"
#include "state/similar_releases.hpp"

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

// Behind a rollback stands the release that it went back to: before that one is where "back" is.
Result<std::string> standing(const state::History& history, const state::Release& live) {
  constexpr int longest_chain = 1'000;
  std::string id = live.id;
  std::string before = live.rolled_back_to;
  for (int i = 0; i < longest_chain && !before.empty(); ++i) {
    id = before;
    DEPLOYCTL_TRY(const auto release, history.release(id));
    before = release ? release->rolled_back_to : std::string();
  }
  return id;
}

Status complete(const Environment& environment, const config::Pipeline& pipeline,
                const state::Release& release) {
  const state::Blobs blobs = environment.state.blobs();
  Error missing{.cause = Cause::not_found};
  for (const std::string& sha256 : state::blobs_of(release))
    if (!blobs.contains(sha256)) missing.evidence.push_back("sha256:" + sha256);
  missing.message = fmt::format("release {} cannot be restored: {} of its files are not kept here",
                                release.number, missing.evidence.size());
  missing.help = "go back to another release: 'deployctl history --check' says which are complete";
  if (!missing.evidence.empty()) return fail(std::move(missing));
  for (const std::string& name : secrets_of(release))
    if (std::ranges::find(pipeline.secrets, name, &config::SecretDeclaration::name) == pipeline.secrets.end())
      return fail(
          Cause::not_found,
          fmt::format("release {} cannot be restored: it uses the secret '{}', which no step uses now",
                      release.number, name),
          "declare and use it again, or go back by the tag of the source");
  return {};
}

void prepare(Planning& planning, const state::Release& release, std::vector<plan::Crossing> crossings) {
  PlanRequest& request = planning.request();
  request.target_release = release.id;
  request.crossings = std::move(crossings);
  request.tasks = false;
  request.keep_absent = false;
  request.removals = added_since(release, *planning.live());
  for (const state::ReleaseStep& step : release.steps) request.recorded[step.id] = step.outputs;
  request.version = release.version;
  request.commit = release.commit;
  request.dirty = release.dirty;
  request.commits.clear();
  request.commits_total = 0;
}

// The tree says what should be there; what the live release has besides goes.
void prepare_for_tree(Planning& planning, std::vector<plan::Crossing> crossings) {
  PlanRequest& request = planning.request();
  request.crossings = std::move(crossings);
  request.tasks = false;
  request.prune = true;
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

Result<state::Release> release_to_go_back_to(const Environment& environment, const std::string& stack,
                                             const std::optional<state::Release>& live,
                                             const std::string& to) {
  if (!live)
    return fail(Cause::not_found, fmt::format("'{}' has no recorded release to go back from", stack),
                "name a tag of the source: --to TAG");
  if (to.empty()) {
    DEPLOYCTL_TRY(const std::string before, standing(environment.history, *live));
    DEPLOYCTL_TRY(auto release, environment.history.latest_good(stack, before));
    if (!release)
      return fail(Cause::not_found, fmt::format("'{}' has no good release before {}", stack, live->number));
    return *std::move(release);
  }
  DEPLOYCTL_TRY(auto release, environment.history.find(stack, to));
  if (release) return *std::move(release);
  const std::vector<std::string> similar = state::similar_releases(environment.history, stack, to);
  return fail(Cause::not_found, fmt::format("'{}' has no recorded release '{}'", stack, to),
              similar.empty() ? "'deployctl history' lists them; a tag of the source would do, too"
                              : fmt::format("similar names exist: '{}'", join(similar, "', '")));
}

Result<RollbackPlan> rollback_plan(Environment& environment, const config::Pipeline& pipeline,
                                   const Source& source, const std::string& to,
                                   const std::vector<std::string>& cross) {
  DEPLOYCTL_TRY(const auto current, Planning::open(environment, pipeline, source, "rollback"));
  DEPLOYCTL_TRY(const state::Release release,
                release_to_go_back_to(environment, pipeline.stack(), current->live(), to));
  DEPLOYCTL_CHECK(complete(environment, pipeline, release));
  DEPLOYCTL_TRY(auto barriers, barriers_between(environment.history, release, *current->live()));
  DEPLOYCTL_CHECK(check_crossings(barriers, cross, fmt::format("release {}", release.number)));
  RollbackPlan rollback{.plan = {}, .pipeline = recorded_pipeline(release, pipeline)};
  DEPLOYCTL_TRY(const auto planning, Planning::open(environment, rollback.pipeline, source, "rollback"));
  prepare(*planning, release, std::move(barriers));
  DEPLOYCTL_TRY(rollback.plan, make_plan(planning->request()));
  return rollback;
}

// Nothing is restored from it, so nothing of it has to be there: an artifact is what was recorded.
Result<plan::Plan> plan_as_released(Environment& environment, const config::Pipeline& pipeline,
                                    const Source& source) {
  DEPLOYCTL_TRY(const auto current, Planning::open(environment, pipeline, source, "rollback"));
  if (!current->live())
    return fail(Cause::not_found, fmt::format("nothing is live in '{}'", pipeline.stack()));
  const state::Release& live = *current->live();
  const config::Pipeline recorded = recorded_pipeline(live, pipeline);
  DEPLOYCTL_TRY(const auto planning, Planning::open(environment, recorded, source, "rollback"));
  prepare(*planning, live, {});
  for (const state::ReleaseStep& step : live.steps)
    if (step.kind == Kind::artifact)
      planning->request().settled[step.id] = {.outputs = step.outputs, .why = "as released"};
  return make_plan(planning->request());
}

Result<RollbackPlan> rollback_plan_to_tree(Environment& environment, const config::Pipeline& pipeline,
                                           const Source& source, const std::vector<std::string>& cross) {
  DEPLOYCTL_TRY(const auto planning, Planning::open(environment, pipeline, source, "rollback"));
  prepare_for_tree(*planning, {});
  RollbackPlan rollback{.plan = {}, .pipeline = pipeline};
  DEPLOYCTL_TRY(rollback.plan, make_plan(planning->request()));
  std::vector<plan::Crossing> barriers;
  if (planning->live()) barriers = barriers_before(rollback.plan, *planning->live());
  DEPLOYCTL_CHECK(check_crossings(barriers, cross, "version " + source.version));
  rollback.plan.content.crossings = std::move(barriers);
  rollback.plan.envelope.digest = plan::content_digest(rollback.plan.content);
  return rollback;
}

Result<RollbackPlan> saved_rollback(const Environment& environment, const config::Pipeline& pipeline,
                                    plan::Plan plan) {
  const std::string& target = plan.content.target_release;
  if (target.empty()) return RollbackPlan{.plan = std::move(plan), .pipeline = pipeline};
  DEPLOYCTL_TRY(const auto release, environment.history.release(target));
  if (!release)
    return fail(Cause::conflict, "the release to go back to is not recorded any more", "make a new plan");
  return RollbackPlan{.plan = std::move(plan), .pipeline = recorded_pipeline(*release, pipeline)};
}

Ending apply_rollback(Environment& environment, const RollbackPlan& rollback, const Source& source,
                      const ApplyOptions& options) {
  if (auto pending = recover_pending(environment, rollback.pipeline, source, options))
    return *std::move(pending);
  auto planning = Planning::open(environment, rollback.pipeline, source, "rollback");
  if (!planning) return refused(planning.error());
  const plan::Content& content = rollback.plan.content;
  if (content.target_release.empty()) {
    prepare_for_tree(**planning, content.crossings);
  } else {
    auto release = environment.history.release(content.target_release);
    if (!release) return refused(release.error());
    if (!*release || !(*planning)->live())
      return refused(exit_code::stale, {.cause = Cause::conflict,
                                        .message = "the release to go back to is not recorded any more"});
    prepare(**planning, **release, content.crossings);
  }
  return carry_out({environment, rollback.pipeline, source, **planning, options}, rollback.plan);
}

} // namespace deployctl::engine
