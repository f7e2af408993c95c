#include <fmt/core.h>

#include "base/time.hpp"
#include "engine/endings.hpp"
#include "engine/release_record.hpp"
#include "engine/run.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

bool Run::makes_release(const Ending& ending) const {
  const bool went_through =
      ending.outcome == Outcome::succeeded || (ending.outcome == Outcome::mixed && !ending.error);
  return order_.stacked && went_through;
}

// Every line of this is repeated by the next command when the process dies in it.
void Run::commit(Ending& ending) {
  const bool release = makes_release(ending);
  if (release) ending.release = order_.release;
  auto ended = journal_->end({std::string(to_text(ending.outcome)), ending.exit_code, ending.release});
  if (ended) ended = commit_records(ending, release);
  if (ended) return;
  say("diagnostic", Level::error,
      "the run is over, but its record is not complete: " + ended.error().message);
  if (!ending.error) ending.error = ended.error();
  if (ending.exit_code == exit_code::done) ending.exit_code = exit_code::mixed;
}

Status Run::commit_records(Ending& ending, bool makes_release) {
  Environment& environment = order_.environment;
  DEPLOYCTL_TRY(const auto before, order_.planning.stack().cell().read());
  const bool named =
      before.cell.current_release == order_.release; // by a process that died behind the next lines
  ending.release_number = named ? before.cell.release_number : before.cell.release_number + 1;
  if (makes_release) {
    const auto outcome =
        ending.exit_code == exit_code::done ? state::ReleaseOutcome::good : state::ReleaseOutcome::mixed;
    std::optional<state::Release> restored;
    if (const std::string& target = order_.plan.content.target_release; !target.empty()) {
      DEPLOYCTL_TRY(restored, environment.history.release(target));
    }
    const state::Release release =
        make_release(deployment_, {order_.plan, order_.source, environment, order_.planning.live(), restored,
                                   ending.release_number, outcome});
    DEPLOYCTL_TRY(const auto known, environment.history.release(release.id));
    if (!known) DEPLOYCTL_CHECK(environment.history.add_release(release));
    if (!release.rolled_back_to.empty() && order_.planning.live() && !named)
      DEPLOYCTL_CHECK(environment.history.set_quarantine(
          order_.planning.live()->id, true, "rolled back by release " + std::to_string(release.number)));
  }
  if (order_.stacked) {
    auto swapped = state::update_cell(order_.planning.stack().cell(), [&](state::Cell& cell) -> Status {
      cell.pending_run.clear();
      if (!makes_release) return {};
      cell.current_release = order_.release;
      cell.release_number = ending.release_number;
      return {};
    });
    if (!swapped) return fail(std::move(swapped).error());
  }
  if (!makes_release) ending.release_number = 0;
  if (makes_release) ending.release_version = order_.plan.content.version;
  DEPLOYCTL_CHECK(environment.history.finish_run({.id = order_.run,
                                                  .stack = order_.pipeline.stack(),
                                                  .operation = order_.plan.content.operation,
                                                  .ended_at = format_time(environment.ports.clock.wall()),
                                                  .exit_code = ending.exit_code,
                                                  .outcome = std::string(to_text(ending.outcome)),
                                                  .journal = "runs/" + order_.run + ".journal",
                                                  .summary = to_value(ending)}));
  return journal_->committed();
}

Ending Run::commit_recorded() {
  const RunEnd& end = *history_->end;
  Ending ending{
      .exit_code = end.exit_code, .run = order_.run, .release = end.release, .journal = journal_->path()};
  ending.outcome = end.exit_code == exit_code::done ? Outcome::succeeded : Outcome::mixed;
  if (auto done = commit_records(ending, !end.release.empty()); !done) return refused(done.error());
  say("recovered", Level::info, fmt::format("run {} had ended; its record is complete now", order_.run));
  return ending;
}

} // namespace deployctl::engine
