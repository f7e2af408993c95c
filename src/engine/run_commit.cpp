#include <fmt/core.h>

#include "base/json.hpp"
#include "base/time.hpp"
#include "engine/endings.hpp"
#include "engine/redacted.hpp"
#include "engine/release_record.hpp"
#include "engine/run.hpp"
#include "engine/usual_times.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

namespace {

constexpr std::size_t most_release_bytes = 256U << 20;

// Hosts that the run left on another release; the next plan says so.
void add_behind(state::Release& release, const Ending& ending) {
  for (state::ReleaseStep& step : release.steps)
    for (const WorldLine& line : ending.world)
      if (line.kind == WorldLine::Kind::remaining && line.step == step.id && !line.target.empty())
        step.behind.push_back(line.target);
}

} // namespace

bool Run::makes_release(const Ending& ending) const {
  return order_.lock && went_through(ending);
}

// Every line of this is repeated by the next command when the process dies in it.
void Run::commit(Ending& ending) {
  auto release = release_made(ending);
  Status ended = release ? end(ending, *release) : Status(fail(release.error()));
  if (ended) return;
  say("diagnostic", Level::error,
      "the run is over, but its record is not complete: " + ended.error().message);
  if (!ending.error) ending.error = ended.error();
  if (ending.exit_code == exit_code::done) end_unwritten(ending);
  ending.next_command = "deployctl resume " + order_.run;
}

// Its document is a blob before the journal names it: from the two the history can be made anew.
Result<std::optional<state::Release>> Run::release_made(Ending& ending) {
  if (!makes_release(ending)) return std::optional<state::Release>();
  Environment& environment = order_.environment;
  DEPLOYCTL_TRY(const auto before, order_.planning.stack().cell().read());
  const bool named = before.cell.current_release == order_.release; // by a process that died behind that
  ending.release = order_.release;
  ending.release_number = named ? before.cell.release_number : before.cell.release_number + 1;
  ending.release_version = order_.plan.content.version;
  const auto outcome =
      ending.exit_code == exit_code::done ? state::ReleaseOutcome::good : state::ReleaseOutcome::mixed;
  std::optional<state::Release> restored;
  if (const std::string& target = order_.plan.content.target_release; !target.empty()) {
    DEPLOYCTL_TRY(restored, environment.history.release(target));
  }
  state::Release release =
      make_release(deployment_, {order_.plan, order_.source, environment, order_.planning.live(), restored,
                                 ending.release_number, outcome});
  add_behind(release, ending);
  return release;
}

Status Run::end(Ending& ending, std::optional<state::Release>& release) {
  Value summary = to_value(ending);
  summary["durations_ms"] = durations_of(deployment_);
  RunEnd end{.outcome = std::string(to_text(ending.outcome)),
             .exit_code = ending.exit_code,
             .release = ending.release,
             .ended_at = format_time(order_.environment.ports.clock.wall()),
             .summary = redacted(summary, order_.environment.redactions)};
  if (release) {
    DEPLOYCTL_TRY(const auto kept,
                  order_.environment.state.blobs().put_bytes(to_json(state::to_value(*release))));
    end.record = kept.sha256;
  }
  DEPLOYCTL_CHECK(journal_->end(end));
  return commit_records(end, release);
}

Status Run::enter_release(const state::Release& release) {
  state::History& history = order_.environment.history;
  DEPLOYCTL_TRY(const auto known, history.release(release.id));
  if (!known) DEPLOYCTL_CHECK(history.add_release(release));
  const auto& live = order_.planning.live();
  if (release.operation != "rollback" || !live || live->id == release.id) return {};
  return history.set_quarantine(live->id, true, quarantine_reason(release));
}

Status Run::commit_records(const RunEnd& end, const std::optional<state::Release>& release) {
  if (release) DEPLOYCTL_CHECK(enter_release(*release));
  if (order_.lock) {
    state::Amendment amendment{.pending_run = std::string()};
    if (release) {
      amendment.current_release = release->id;
      amendment.release_number = release->number;
    }
    DEPLOYCTL_CHECK(order_.lock->amend(amendment));
  }
  DEPLOYCTL_CHECK(order_.environment.history.finish_run({.id = order_.run,
                                                         .stack = order_.pipeline.stack(),
                                                         .operation = order_.plan.content.operation,
                                                         .ended_at = end.ended_at,
                                                         .exit_code = end.exit_code,
                                                         .outcome = end.outcome,
                                                         .journal = "runs/" + order_.run + ".journal",
                                                         .summary = end.summary}));
  return journal_->committed();
}

Result<std::optional<state::Release>> Run::release_recorded(const RunEnd& end) const {
  if (end.record.empty()) return std::optional<state::Release>();
  DEPLOYCTL_TRY(const std::string document,
                order_.environment.state.blobs().read(end.record, most_release_bytes));
  DEPLOYCTL_TRY(const Value value, parse_json(document, JsonMode::contract, {.bytes = most_release_bytes}));
  DEPLOYCTL_TRY(state::Release release, state::release_from(value));
  return std::optional(std::move(release));
}

Ending Run::commit_recorded() {
  const RunEnd& end = *history_->end;
  Ending ending{
      .exit_code = end.exit_code, .run = order_.run, .release = end.release, .journal = journal_->path()};
  const bool aborted = end.outcome == to_text(Outcome::aborted);
  ending.outcome = aborted                            ? Outcome::aborted
                   : end.exit_code == exit_code::done ? Outcome::succeeded
                                                      : Outcome::mixed;
  const auto release = release_recorded(end);
  if (!release) return refused(release.error());
  if (auto done = commit_records(end, *release); !done) return refused(done.error());
  if (*release) {
    ending.release_number = (*release)->number;
    ending.release_version = (*release)->version;
  }
  say("recovered", Level::info, fmt::format("run {} had ended; its record is complete now", order_.run));
  return ending;
}

} // namespace deployctl::engine
