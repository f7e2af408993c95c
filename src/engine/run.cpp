#include "engine/run.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/time.hpp"
#include "engine/assumptions.hpp"
#include "engine/endings.hpp"
#include "engine/file_inputs.hpp"
#include "engine/finally.hpp"
#include "engine/leave_rules.hpp"
#include "engine/program.hpp"
#include "engine/recovery.hpp"
#include "engine/run_events.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

Result<std::unique_ptr<state::JournalWriter>>
open_journal(const Environment& environment, const std::string& path, const state::JournalHeader* header) {
  if (environment.open_journal) return environment.open_journal(path, header);
  return header ? state::JournalWriter::create(path, *header) : state::JournalWriter::resume(path);
}

Error with_journal(Error error, const std::string& path) {
  return std::move(error).in("while writing the journal " + path);
}

} // namespace

Run::Run(const RunOrder& order)
    : order_(order), deployment_{
                         .request = order.planning.request(), .run = order.run, .release = order.release} {
  deployment_.keep_files = [this](const Description& description, const Value& inputs) {
    return keep_files(description, inputs);
  };
}

Result<std::unique_ptr<Run>> Run::begin(const RunOrder& order, const Approval& approval) {
  std::unique_ptr<Run> run(new Run(order));
  DEPLOYCTL_CHECK(run->lay_out_steps());
  DEPLOYCTL_TRY(auto blobs, run->keep_known_files());
  DEPLOYCTL_TRY(const state::BlobInfo kept,
                order.environment.state.blobs().put_bytes(plan::to_file(order.plan)));
  blobs.push_back(kept.sha256);
  const std::string path = order.environment.state.journal_path(order.run);
  const state::JournalHeader header{.run = order.run,
                                    .stack = order.pipeline.stack(),
                                    .tool = order.environment.tool,
                                    .plan_digest = order.plan.envelope.digest,
                                    .epoch = order.lock ? order.lock->epoch() : 0,
                                    .created_at = format_time(order.environment.ports.clock.wall())};
  DEPLOYCTL_TRY(auto writer, open_journal(order.environment, path, &header));
  run->open_guarded(std::move(writer), path);
  const RunBegin record{order.plan.content.operation, order.release, order.environment.user_at_host,
                        order.plan.content.pipeline_digest, kept.sha256};
  const ApprovalRecord approved{{}, order.plan.envelope.digest, approval.by, approval.how};
  if (auto begun = run->journal_->begin(record, blobs, approved); !begun)
    return fail(with_journal(begun.error(), path));
  run->deployment_.approvals = {approved};
  run->deployment_.freeze_override = order.freeze_override;
  if (!order.freeze_override.empty())
    DEPLOYCTL_CHECK(
        run->journal_->decision({"override_freeze", order.environment.user_at_host, order.freeze_override}));
  DEPLOYCTL_CHECK(run->mark_pending(header.created_at));
  run->set_leave();
  return run;
}

Result<std::unique_ptr<Run>> Run::resume(const RunOrder& order, RunHistory history) {
  std::unique_ptr<Run> run(new Run(order));
  run->history_ = std::move(history);
  run->deployment_.resumed = &*run->history_;
  DEPLOYCTL_CHECK(run->lay_out_steps());
  // The process may have died between the cell and this.
  DEPLOYCTL_CHECK(run->enter_history(run->history_->header.created_at));
  const std::string path = order.environment.state.journal_path(order.run);
  DEPLOYCTL_TRY(auto writer, open_journal(order.environment, path, nullptr));
  run->open_guarded(std::move(writer), path);
  run->deployment_.approvals = run->history_->approvals;
  run->deployment_.freeze_override = run->history_->freeze_override;
  run->set_leave();
  return run;
}

void Run::set_leave() {
  deployment_.leave = order_.leave ? order_.leave : leave_by_rules({order_, deployment_, *journal_});
}

// Before each intent the cell must still name this run's hold.
void Run::open_guarded(std::unique_ptr<state::JournalWriter> writer, const std::string& path) {
  std::function<Status()> still_ours;
  if (order_.lock) still_ours = [lock = order_.lock] { return lock->check(); };
  journal_ = std::make_unique<RunJournal>(std::move(writer), path, order_.environment.redactions,
                                          order_.environment.ports.clock, std::move(still_ours));
}

Result<std::vector<Choice>> Run::resolve_open_stages() {
  return engine::resolve_open_stages(order_.environment, order_.planning, *history_, order_.plan.content,
                                     *journal_);
}

Result<std::vector<Choice>> Run::assume(const std::vector<Assumption>& assumptions,
                                        const std::vector<Choice>& choices) {
  return engine::assume(assumptions, choices, order_.environment.user_at_host, *history_, *journal_);
}

Status Run::drop(const std::string& why) {
  DEPLOYCTL_CHECK(journal_->decision({"replaced", order_.environment.user_at_host, why}));
  Ending ending{.exit_code = exit_code::failed, .outcome = Outcome::aborted, .run = order_.run};
  std::optional<state::Release> none;
  DEPLOYCTL_CHECK(end(ending, none));
  say("recovered", Level::info,
      fmt::format("run {} had changed nothing and is dropped: {}", order_.run, why));
  return {};
}

Status Run::lay_out_steps() {
  return lay_out(deployment_, order_.plan.content, order_.pipeline, order_.environment.catalog);
}

Result<std::vector<std::string>> Run::keep_known_files() {
  std::vector<std::string> kept;
  for (const RunStep& step : deployment_.steps)
    if (step.provider && !step.removal)
      DEPLOYCTL_CHECK(keep_files(step.provider->description, step.inputs, &kept));
  std::sort(kept.begin(), kept.end());
  kept.erase(std::unique(kept.begin(), kept.end()), kept.end());
  return kept;
}

Status Run::keep_files(const Description& description, const Value& inputs, std::vector<std::string>* kept) {
  FileSources sources;
  collect_sources(description.fields, inputs, order_.source.directory, sources);
  const state::Blobs blobs = order_.environment.state.blobs();
  for (const auto& [sha256, path] : sources) {
    if (kept) kept->push_back(sha256);
    if (blobs.contains(sha256)) continue;
    DEPLOYCTL_TRY(const state::BlobInfo stored, blobs.put_file(path));
    if (stored.sha256 != sha256)
      return fail(Cause::conflict, fmt::format("'{}' was changed since the plan was made", path),
                  "plan again");
  }
  return {};
}

// The cell says that a run has begun, so that whoever comes next finds it, whatever happens to this process.
Status Run::mark_pending(const std::string& started_at) {
  if (order_.lock) {
    DEPLOYCTL_TRY(const auto now, order_.planning.stack().cell().read());
    const std::string& pending = now.cell.pending_run;
    if (!pending.empty() && pending != order_.run)
      return fail(Cause::conflict, fmt::format("run {} of this stack is pending", pending));
    DEPLOYCTL_CHECK(order_.lock->amend({.pending_run = order_.run}));
  }
  return enter_history(started_at);
}

Status Run::enter_history(const std::string& started_at) {
  return order_.environment.history.add_run({.id = order_.run,
                                             .stack = order_.pipeline.stack(),
                                             .operation = order_.plan.content.operation,
                                             .started_at = started_at,
                                             .journal = "runs/" + order_.run + ".journal"});
}

Ending Run::execute() {
  say_started(Level::info, history_ ? "goes on" : "begins");
  return run_program(make_program(deployment_, order_.pipeline, order_.environment.parallel));
}

Ending Run::abort(bool keep) {
  Program program = make_program(deployment_, order_.pipeline, order_.environment.parallel);
  turn_back(program, keep);
  // Durable before anything goes back: who comes after a death or an interrupt must not go forward again.
  if (!keep) {
    const FailureRecord record{deployment_.steps.at(*program.failed).approved.id, record_of(program.failure)};
    if (auto written = journal_->failure(record); !written)
      return refused(with_journal(written.error(), journal_->path()));
  }
  aborts_ = true;
  say_started(Level::debug, "is taken back");
  return run_program(std::move(program));
}

Ending Run::run_program(Program program) {
  Executor executor(order_.environment, deployment_, *journal_, std::move(program));
  const Finish how = executor.run();
  const int signal = order_.environment.interrupts.signal ? order_.environment.interrupts.signal() : 0;
  Ending ending = ending_of(executor.scheduler(), deployment_, how, signal);
  ending.journal = journal_->path();
  if (executor.journal_error())
    ending = stopped(std::move(ending), how, *executor.journal_error());
  else if (aborts_)
    judge_abort(ending);
  engine::leave_behind(order_.environment, executor, how, ending);
  if (executor.journal_error()) return ending;
  const bool parked = ending.outcome == Outcome::parked;
  if (how != Finish::abandoned && !parked) run_finally(ending);
  if (parked || ending.outcome == Outcome::interrupted)
    ending.next_command = "deployctl resume " + order_.run;
  else
    commit(ending);
  return ending;
}

// The journal cannot be written, or the lock is someone else's. The run stays pending: what is not written
// cannot be committed.
Ending Run::stopped(Ending ending, Finish how, const Error& why) const {
  const bool lost = journal_->lease_lost();
  end_without_journal(ending, how, lost ? why : with_journal(why, journal_->path()),
                      lost ? exit_code::locked : exit_code::failed);
  ending.next_command = lost ? "deployctl status " + order_.pipeline.environment //
                             : "deployctl resume " + order_.run;
  return ending;
}

void Run::run_finally(const Ending& ending) {
  FinallySteps steps(order_.environment, order_.pipeline, deployment_, *journal_);
  steps.run(result_of(ending), ending);
}

void Run::say_started(Level level, const char* how) const {
  const std::string& operation = order_.plan.content.operation;
  const std::string stack = order_.pipeline.stack();
  RunEvents(order_.environment.events, deployment_)
      .run_started({.type = "run_started",
                    .level = level,
                    .message = fmt::format("run {} {}", order_.run, how),
                    .fields = Value::Map{{"run", order_.run}, {"stack", stack}}},
                   operation, usual_times(order_.environment.history, stack, operation));
}

void Run::say(const char* type, Level level, std::string message) const {
  order_.environment.events.emit({.type = type,
                                  .level = level,
                                  .message = std::move(message),
                                  .fields = Value::Map{{"run", order_.run}}});
}

} // namespace deployctl::engine
