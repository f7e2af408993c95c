#include "engine/recovery.hpp"

#include <utility>

#include <fmt/core.h>

#include "base/time.hpp"
#include "engine/claim.hpp"
#include "engine/endings.hpp"
#include "engine/notices.hpp"
#include "engine/pending_run.hpp"
#include "state/audit.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

namespace {

// How somebody goes on with a pending run.
struct Wish {
  std::string run;         // empty: whichever is pending
  std::string plan_digest; // only a run of this plan
  bool by_name = false;    // `resume`, `recover`: it is this run that is wanted, not a new one
  std::vector<Assumption> assumptions;
};

class Recovery {
public:
  Recovery(Environment& environment, const config::Pipeline& pipeline, const Source& source,
           state::LockGuard& lock)
      : environment_(environment), pipeline_(pipeline), source_(source), lock_(lock) {}

  std::optional<Ending> go_on(const std::string& id, const Wish& wish);
  std::optional<Ending> abort(const std::string& id, bool keep);

private:
  std::optional<Ending> of_another_pipeline(Run& run, const PendingRun& pending, const Wish& wish,
                                            std::vector<Choice> choices);
  std::optional<Ending> ended(Run& run, const Wish& wish);
  [[nodiscard]] Notices::Parts about(Run& run, const PendingRun& pending) const;
  Ending finish(Run& run, const PendingRun& pending);
  Ending undecided(const RunHistory& history, std::string message, std::vector<Choice> choices) const;
  Ending unreadable(const std::string& id, const Error& error) const;
  Ending let_go(const std::string& id, const Error& error);

  Environment& environment_;
  const config::Pipeline& pipeline_;
  const Source& source_;
  state::LockGuard& lock_;
};

Ending Recovery::undecided(const RunHistory& history, std::string message,
                           std::vector<Choice> choices) const {
  const std::string& run = history.header.run;
  // Who interrupted a run knows of it: its place is taken. Who comes after a crash has to look.
  const bool kept_place = history.interrupted && choices.empty();
  const std::string abort = "deployctl abort " + run;
  Ending ending{.exit_code = kept_place ? exit_code::locked : exit_code::undecided,
                .outcome = Outcome::undecided,
                .world = world_of(history),
                .error = Error{.cause = Cause::conflict, .message = std::move(message)},
                .choices = std::move(choices),
                .run = run,
                .journal = environment_.state.journal_path(run)};
  if (ending.choices.empty()) {
    ending.error->help =
        fmt::format("go on with 'deployctl resume {}' from the pipeline it was planned from, "
                    "or take it back with '{}'",
                    run, abort);
    ending.next_command = abort;
  } else {
    ending.error->help = fmt::format("look, and say what happened: '{}'; or take the run back with '{}'",
                                     command_for(ending.choices.front(), run, 0), abort);
    ending.next_command = command_for(ending.choices.front(), run, 0);
  }
  return ending;
}

Ending Recovery::unreadable(const std::string& run, const Error& error) const {
  Error lost = error;
  lost.message = fmt::format("run {} is pending and cannot be resumed: {}", run, error.message);
  lost.help = fmt::format("{}{}'deployctl abort {} --keep' gives up the run and leaves everything as it is",
                          error.help, error.help.empty() ? "" : "; or ", run);
  Ending ending = refused(exit_code::undecided, std::move(lost));
  ending.outcome = Outcome::undecided;
  ending.run = run;
  ending.journal = environment_.state.journal_path(run);
  ending.next_command = fmt::format("deployctl abort {} --keep", run);
  if (const auto readable = state::salvage_journal(ending.journal))
    if (const auto history = read_history(*readable)) ending.world = world_of(*history);
  return ending;
}

// What is in an unreadable journal cannot be taken back. The mark goes, the file stays.
Ending Recovery::let_go(const std::string& run, const Error& error) {
  Ending ending = unreadable(run, error);
  ending.next_command.clear();
  auto audited = state::append_audit(environment_.state.stack(pipeline_.stack())->directory(),
                                     {.time = format_time(environment_.ports.clock.wall()),
                                      .user = environment_.user_at_host,
                                      .what = "abort",
                                      .reason = error.message,
                                      .subject = Value::Map{{"run", run}}});
  if (!audited) return refused(audited.error());
  if (auto cleared = lock_.amend({.pending_run = std::string()}); !cleared) return refused(cleared.error());
  ending.exit_code = exit_code::mixed;
  ending.outcome = Outcome::aborted;
  ending.error->message =
      fmt::format("run {} was given up; what it changed is not fully known: {}", run, error.message);
  ending.error->help = "compare with 'deployctl plan " + pipeline_.environment + "'";
  return ending;
}

// Its traces in the records were missing. What failed does not stand in the way of trying again.
std::optional<Ending> Recovery::ended(Run& run, const Wish& wish) {
  Ending ending = run.commit_recorded();
  const bool stays = ending.outcome == Outcome::succeeded || ending.outcome == Outcome::refused;
  if (stays || wish.by_name) return ending;
  return std::nullopt;
}

std::optional<Ending> Recovery::of_another_pipeline(Run& run, const PendingRun& pending, const Wish& wish,
                                                    std::vector<Choice> choices) {
  const std::string& id = pending.history.header.run;
  const std::string why =
      wish.plan_digest.empty() ? "the pipeline was changed since" : "this is another plan";
  if (wish.by_name) {
    Ending stale = undecided(run.history(), fmt::format("run {} cannot go on: {}", id, why), {});
    stale.exit_code = exit_code::stale;
    return stale;
  }
  if (changed_something(run.history(), pending.plan.content))
    return undecided(run.history(), fmt::format("run {} is half done, and {}", id, why), std::move(choices));
  const Status dropped = run.drop(why);
  return dropped ? std::nullopt : std::optional(refused(dropped.error()));
}

Notices::Parts Recovery::about(Run& run, const PendingRun& pending) const {
  const state::JournalHeader& header = pending.history.header;
  Notices::Parts parts{environment_, *pending.planning, pending.pipeline,
                       pending.plan, header.run,        &run.journal()};
  parts.started_at = header.created_at;
  // Read a moment ago; what cannot be read now is told again.
  if (const auto journal = state::read_journal(run.journal().path())) parts.told = notice_history(*journal);
  return parts;
}

Ending Recovery::finish(Run& run, const PendingRun& pending) {
  Notices notices(about(run, pending));
  Ending ending = run.execute();
  notices.ended(ending);
  return ending;
}

std::optional<Ending> Recovery::go_on(const std::string& id, const Wish& wish) {
  auto pending = read_pending(environment_, pipeline_, id);
  if (!pending) return unreadable(id, pending.error());
  auto run = resume_pending_run(environment_, source_, *pending, lock_, true);
  if (!run) return unreadable(id, run.error());
  if (pending->history.end) return ended(**run, wish);
  auto choices = (*run)->resolve_open_stages();
  if (!choices) return unreadable(id, choices.error());
  if (!pending->is_of(wish.plan_digest))
    return of_another_pipeline(**run, *pending, wish, *std::move(choices));
  if (!wish.assumptions.empty()) choices = (*run)->assume(wish.assumptions, *choices);
  if (!choices) return refused(choices.error());
  if (!choices->empty())
    return undecided((*run)->history(),
                     fmt::format("run {} was cut off, and what happened cannot be known", id),
                     *std::move(choices));
  return finish(**run, *pending);
}

std::optional<Ending> Recovery::abort(const std::string& id, bool keep) {
  auto pending = read_pending(environment_, pipeline_, id);
  if (!pending) return keep ? let_go(id, pending.error()) : unreadable(id, pending.error());
  auto run = resume_pending_run(environment_, source_, *pending, lock_, false);
  if (!run) return unreadable(id, run.error());
  if (pending->history.end) return ended(**run, {});
  if (changed_something(pending->history, pending->plan.content)) {
    Notices notices(about(**run, *pending));
    Ending ending = (*run)->abort(keep);
    notices.ended(ending);
    return ending;
  }
  const Status dropped = (*run)->drop("it was aborted");
  return dropped ? Ending{.outcome = Outcome::aborted, .run = id} : refused(dropped.error());
}

Ending another_is_pending(const std::string& wanted, const std::string& pending) {
  return refused(exit_code::superseded,
                 {.cause = Cause::superseded,
                  .message = fmt::format("run {} is not pending any more; run {} is", wanted, pending),
                  .help = fmt::format("'deployctl resume {}' goes on with that one", pending)});
}

// Looks without the lock first: nothing pending is the usual case.
template <class Then>
std::optional<Ending> with_pending(Environment& environment, const config::Pipeline& pipeline,
                                   const std::string& wanted, const ApplyOptions& options, Then then) {
  auto stack = environment.state.stack(pipeline.stack());
  if (!stack) return refused(stack.error());
  auto cell = stack->cell().read();
  if (!cell) return refused(cell.error());
  if (cell->cell.pending_run.empty()) return std::nullopt;
  Claim claimed = claim(environment, *stack, cell->cell.pending_run, options);
  if (auto* ending = std::get_if<Ending>(&claimed)) return std::move(*ending);
  state::LockGuard lock = std::get<state::LockGuard>(std::move(claimed));
  cell = stack->cell().read();
  if (!cell) return refused(cell.error());
  const std::string& pending = cell->cell.pending_run;
  if (pending.empty()) return std::nullopt; // it ended while we waited
  if (!wanted.empty() && wanted != pending) return another_is_pending(wanted, pending);
  return then(pending, lock);
}

// A run that is not pending: over, replaced, or never there.
Ending not_pending(const Environment& environment, const std::string& run) {
  if (run.empty()) return {.outcome = Outcome::nothing_to_do};
  const auto content = state::read_journal(environment.state.journal_path(run));
  if (!content && content.error().cause == Cause::not_found)
    return refused(exit_code::invalid, {.cause = Cause::config, .message = "there is no run " + run});
  if (!content) return refused(content.error());
  const auto history = read_history(*content);
  if (!history) return refused(history.error());
  if (!history->replaced.empty())
    return refused(
        exit_code::superseded,
        {.cause = Cause::superseded,
         .message = fmt::format("run {} had changed nothing and was replaced: {}", run, history->replaced)});
  return {.outcome = Outcome::nothing_to_do, .run = run};
}

} // namespace

std::optional<Ending> recover_pending(Environment& environment, const config::Pipeline& pipeline,
                                      const Source& source, const ApplyOptions& options) {
  return with_pending(environment, pipeline, {}, options, [&](const auto& run, state::LockGuard& lock) {
    return Recovery(environment, pipeline, source, lock).go_on(run, {.plan_digest = options.plan_digest});
  });
}

Ending resume_run(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                  const std::string& run, const std::vector<Assumption>& assumptions,
                  const ApplyOptions& options) {
  const Wish wish{.run = run, .by_name = true, .assumptions = assumptions};
  auto ending =
      with_pending(environment, pipeline, run, options, [&](const auto& pending, state::LockGuard& lock) {
        return Recovery(environment, pipeline, source, lock).go_on(pending, wish);
      });
  return ending ? *std::move(ending) : not_pending(environment, run);
}

std::optional<Ending> abort_pending(Environment& environment, const config::Pipeline& pipeline,
                                    const Source& source, bool keep, const std::string& wanted) {
  return with_pending(environment, pipeline, wanted, {}, [&](const auto& run, state::LockGuard& lock) {
    return Recovery(environment, pipeline, source, lock).abort(run, keep);
  });
}

} // namespace deployctl::engine
