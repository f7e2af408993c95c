#include "engine/pending_run.hpp"

#include <utility>

#include <fmt/core.h>

#include "engine/masked_outputs.hpp"
#include "engine/rollback.hpp"
#include "state/history.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

namespace {

constexpr std::uint64_t most_plan_bytes = 256U << 20;

// A rollback's pipeline is made of records, so it can be made again; without a record it is that of a tree.
Result<config::Pipeline> pipeline_of(const Environment& environment, const config::Pipeline& pipeline,
                                     const plan::Content& content) {
  if (content.target_release.empty()) return pipeline;
  DEPLOYCTL_TRY(const auto release, environment.history.release(content.target_release));
  if (!release)
    return fail(Cause::not_found, fmt::format("release {} is not recorded", content.target_release));
  return recorded_pipeline(*release, pipeline);
}

} // namespace

bool PendingRun::is_of(const std::string& plan_digest) const {
  if (!plan_digest.empty()) return plan_digest == history.header.plan_digest;
  return !plan.content.target_release.empty() || plan.content.pipeline_digest == pipeline.digest;
}

Result<PendingRun> read_pending(Environment& environment, const config::Pipeline& pipeline,
                                const std::string& run) {
  DEPLOYCTL_TRY(const auto content, state::read_journal(environment.state.journal_path(run)));
  if (content.newer) return fail(Cause::config, "its journal was written by a newer version of deployctl");
  PendingRun pending;
  DEPLOYCTL_TRY(pending.history, read_history(content));
  if (content.torn)
    environment.events.emit(
        {.type = "recovered",
         .level = Level::warning,
         .message =
             fmt::format("the journal of run {} ends in a write that did not complete: {} bytes behind "
                         "byte {} never counted, and are cut off",
                         run, content.torn->bytes, content.torn->offset),
         .fields = Value::Map{{"run", run}}});
  DEPLOYCTL_TRY(const std::string plan,
                environment.state.blobs().read(pending.history.begin.plan, most_plan_bytes));
  DEPLOYCTL_TRY(pending.plan, plan::from_file(plan));
  DEPLOYCTL_TRY(pending.pipeline, pipeline_of(environment, pipeline, pending.plan.content));
  return pending;
}

Result<std::unique_ptr<Run>> resume_pending_run(Environment& environment, const Source& source,
                                                PendingRun& pending, state::LockGuard& lock, bool goes_on) {
  const plan::Content& content = pending.plan.content;
  DEPLOYCTL_TRY(pending.planning, Planning::open(environment, pending.pipeline, source, content.operation));
  PlanRequest& request = pending.planning->request();
  request.target_release = content.target_release;
  request.tasks = content.operation != "rollback";
  if (goes_on)
    DEPLOYCTL_CHECK(reread_masked_outputs(environment, *pending.planning, content, pending.history));
  return Run::resume({environment, pending.pipeline, source, *pending.planning, pending.plan,
                      pending.history.header.run, pending.history.begin.release, &lock},
                     pending.history);
}

std::vector<WorldLine> world_of(const RunHistory& history) {
  std::vector<WorldLine> world;
  for (const TargetKey& key : history.touched) {
    const TargetHistory& target = *history.find(key.first, key.second);
    const bool whole = target.progress.done == target.change.stages.size();
    WorldLine line{whole ? WorldLine::Kind::changed : WorldLine::Kind::remaining, key.first, key.second,
                   whole ? "" : "partly done"};
    if (target.open && !target.open_failed)
      line = {WorldLine::Kind::unknown, key.first, key.second, "cut off in stage " + target.open->stage};
    if (target.undoing && target.undoing->open)
      line = {WorldLine::Kind::unknown, key.first, key.second, "cut off while it was taken back"};
    if (target.taken_back) line = {WorldLine::Kind::reverted, key.first, key.second, ""};
    world.push_back(std::move(line));
  }
  return world;
}

} // namespace deployctl::engine
