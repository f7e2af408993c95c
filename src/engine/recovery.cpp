#include "engine/recovery.hpp"

#include <utility>

#include <fmt/core.h>

#include "engine/claim.hpp"
#include "engine/endings.hpp"
#include "engine/notices.hpp"
#include "engine/rollback.hpp"
#include "engine/run.hpp"
#include "state/history.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

namespace {

constexpr std::uint64_t most_plan_bytes = 256U << 20;

// A pending run under the lock, with its plan and the pipeline that it was made from.
struct Pending {
  RunHistory history;
  plan::Plan plan;
  config::Pipeline pipeline;
  std::unique_ptr<Planning> planning;
};

class Recovery {
public:
  Recovery(Environment& environment, const config::Pipeline& pipeline, const Source& source)
      : environment_(environment), pipeline_(pipeline), source_(source) {}

  std::optional<Ending> go_on(const std::string& id, std::int64_t epoch, const std::string& plan_digest);
  std::optional<Ending> abort(const std::string& id, std::int64_t epoch, bool keep);

private:
  Result<Pending> read(const std::string& id);
  Result<std::unique_ptr<Run>> resume(Pending& pending, std::int64_t epoch);
  Result<config::Pipeline> pipeline_of(const plan::Content& content);
  std::optional<Ending> ended(Run& run);
  Ending undecided(const RunHistory& history, std::string message, std::vector<Choice> choices) const;
  Ending unreadable(const std::string& id, const Error& error) const;
  static bool same_pipeline(const Pending& pending, const std::string& plan_digest);
  static std::vector<WorldLine> world_of(const RunHistory& history);

  Environment& environment_;
  const config::Pipeline& pipeline_;
  const Source& source_;
};

Result<Pending> Recovery::read(const std::string& run) {
  DEPLOYCTL_TRY(const auto content, state::read_journal(environment_.state.journal_path(run)));
  if (content.newer) return fail(Cause::config, "its journal was written by a newer version of deployctl");
  Pending pending;
  DEPLOYCTL_TRY(pending.history, read_history(content));
  DEPLOYCTL_TRY(const std::string plan,
                environment_.state.blobs().read(pending.history.begin.plan, most_plan_bytes));
  DEPLOYCTL_TRY(pending.plan, plan::from_file(plan));
  DEPLOYCTL_TRY(pending.pipeline, pipeline_of(pending.plan.content));
  return pending;
}

// A rollback's pipeline is made of records, so it can be made again.
Result<config::Pipeline> Recovery::pipeline_of(const plan::Content& content) {
  if (content.operation != "rollback") return pipeline_;
  DEPLOYCTL_TRY(const auto release, environment_.history.release(content.target_release));
  if (!release)
    return fail(Cause::not_found, fmt::format("release {} is not recorded", content.target_release));
  return recorded_pipeline(*release, pipeline_);
}

std::vector<WorldLine> Recovery::world_of(const RunHistory& history) {
  std::vector<WorldLine> world;
  for (const TargetKey& key : history.touched) {
    const TargetHistory& target = *history.find(key.first, key.second);
    const bool whole = target.progress.done == target.change.stages.size();
    WorldLine line{whole ? WorldLine::Kind::changed : WorldLine::Kind::remaining, key.first, key.second,
                   whole ? "" : "partly done"};
    if (target.open)
      line = {WorldLine::Kind::unknown, key.first, key.second, "cut off in stage " + target.open->stage};
    if (target.taken_back) line = {WorldLine::Kind::reverted, key.first, key.second, ""};
    world.push_back(std::move(line));
  }
  return world;
}

Ending Recovery::undecided(const RunHistory& history, std::string message,
                           std::vector<Choice> choices) const {
  const std::string& run = history.header.run;
  // Who interrupted a run knows of it: its place is taken. Who comes after a crash has to look.
  const bool kept_place = history.interrupted && choices.empty();
  return {.exit_code = kept_place ? exit_code::locked : exit_code::undecided,
          .outcome = Outcome::undecided,
          .world = world_of(history),
          .error = Error{.cause = Cause::conflict,
                         .message = std::move(message),
                         .help = fmt::format("take it back with 'deployctl abort {}'", run)},
          .choices = std::move(choices),
          .next_command = fmt::format("deployctl abort {}", run),
          .run = run,
          .journal = environment_.state.journal_path(run)};
}

Ending Recovery::unreadable(const std::string& run, const Error& error) const {
  Error lost = error;
  lost.message = fmt::format("run {} is pending and cannot be resumed: {}", run, error.message);
  Ending ending = refused(exit_code::undecided, std::move(lost));
  ending.outcome = Outcome::undecided;
  ending.run = run;
  ending.journal = environment_.state.journal_path(run);
  return ending;
}

bool Recovery::same_pipeline(const Pending& pending, const std::string& plan_digest) {
  const plan::Content& content = pending.plan.content;
  if (!plan_digest.empty()) return plan_digest == pending.history.header.plan_digest;
  return content.operation == "rollback" || content.pipeline_digest == pending.pipeline.digest;
}

// The run as it was, for whatever is to become of it.
Result<std::unique_ptr<Run>> Recovery::resume(Pending& pending, std::int64_t epoch) {
  const plan::Content& content = pending.plan.content;
  DEPLOYCTL_TRY(pending.planning, Planning::open(environment_, pending.pipeline, source_, content.operation));
  PlanRequest& request = pending.planning->request();
  request.target_release = content.target_release;
  request.tasks = content.operation != "rollback";
  return Run::resume({environment_, pending.pipeline, source_, *pending.planning, pending.plan,
                      pending.history.header.run, pending.history.begin.release, epoch},
                     pending.history);
}

// Its traces in the records were missing. What failed does not stand in the way of trying again.
std::optional<Ending> Recovery::ended(Run& run) {
  Ending ending = run.commit_recorded();
  if (ending.outcome == Outcome::succeeded || ending.outcome == Outcome::refused) return ending;
  return std::nullopt;
}

std::optional<Ending> Recovery::go_on(const std::string& id, std::int64_t epoch,
                                      const std::string& plan_digest) {
  auto pending = read(id);
  if (!pending) return unreadable(id, pending.error());
  auto run = resume(*pending, epoch);
  if (!run) return unreadable(id, run.error());
  if (pending->history.end) return ended(**run);
  auto choices = (*run)->resolve_open_stages();
  if (!choices) return unreadable(id, choices.error());
  const RunHistory& history = (*run)->history();
  if (!same_pipeline(*pending, plan_digest)) {
    const std::string why = plan_digest.empty() ? "the pipeline was changed since" : "this is another plan";
    if (changed_something(history, pending->plan.content))
      return undecided(history, fmt::format("run {} is half done, and {}", id, why), *std::move(choices));
    const Status dropped = (*run)->drop(why);
    return dropped ? std::nullopt : std::optional(refused(dropped.error()));
  }
  if (!choices->empty())
    return undecided(history, fmt::format("run {} was cut off, and what happened cannot be known", id),
                     *std::move(choices));
  Ending ending = (*run)->execute();
  Notices(environment_, *pending->planning, pending->pipeline).send(result_of(ending), ending);
  return ending;
}

std::optional<Ending> Recovery::abort(const std::string& id, std::int64_t epoch, bool keep) {
  auto pending = read(id);
  if (!pending) return unreadable(id, pending.error());
  auto run = resume(*pending, epoch);
  if (!run) return unreadable(id, run.error());
  if (pending->history.end) return ended(**run);
  if (changed_something(pending->history, pending->plan.content)) return (*run)->abort(keep);
  const Status dropped = (*run)->drop("it was aborted");
  return dropped ? Ending{.outcome = Outcome::aborted, .run = id} : refused(dropped.error());
}

// Looks without the lock first: nothing pending is the usual case.
template <class Then>
std::optional<Ending> with_pending(Environment& environment, const config::Pipeline& pipeline,
                                   const ApplyOptions& options, Then then) {
  auto stack = environment.state.stack(pipeline.stack());
  if (!stack) return refused(stack.error());
  auto cell = stack->cell().read();
  if (!cell) return refused(cell.error());
  if (cell->cell.pending_run.empty()) return std::nullopt;
  Claim claimed = claim(environment, *stack, cell->cell.pending_run, options);
  if (auto* ending = std::get_if<Ending>(&claimed)) return std::move(*ending);
  const state::LockGuard lock = std::get<state::LockGuard>(std::move(claimed));
  cell = stack->cell().read();
  if (!cell) return refused(cell.error());
  if (cell->cell.pending_run.empty()) return std::nullopt; // it ended while we waited
  return then(cell->cell.pending_run, lock.epoch());
}

} // namespace

std::optional<Ending> recover_pending(Environment& environment, const config::Pipeline& pipeline,
                                      const Source& source, const ApplyOptions& options) {
  Recovery recovery(environment, pipeline, source);
  return with_pending(environment, pipeline, options, [&](const auto& run, std::int64_t epoch) {
    return recovery.go_on(run, epoch, options.plan_digest);
  });
}

std::optional<Ending> abort_pending(Environment& environment, const config::Pipeline& pipeline,
                                    const Source& source, bool keep) {
  Recovery recovery(environment, pipeline, source);
  return with_pending(environment, pipeline, {},
                      [&](const auto& run, std::int64_t epoch) { return recovery.abort(run, epoch, keep); });
}

} // namespace deployctl::engine
