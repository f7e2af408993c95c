#include "engine/rollback.hpp"
#include "base/time.hpp"
#include "cli/approve.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/going_back.hpp"
#include "cli/plan_result.hpp"
#include "cli/restorability.hpp"
#include "ui/history_view.hpp"

namespace deployctl::cli {
namespace {

constexpr int choices_shown = 5;

// Empty when this clone does not have the commit.
std::string title_of(const vcs::Repository* repository, const std::string& commit) {
  if (!repository || commit.empty()) return {};
  const auto range = repository->commits_between("", commit, 1);
  return range && !range->commits.empty() ? range->commits.front().title : std::string();
}

std::string age_of(const state::Release& release, WallTime now) {
  const auto created = parse_time(release.created_at);
  return created ? format_age(std::chrono::duration_cast<Milliseconds>(now - *created)) : release.created_at;
}

std::string state_of(const CheckedRelease& checked, const state::Release* live) {
  if (live && live->id == checked.release.id) return "live";
  const bool good = checked.release.outcome == state::ReleaseOutcome::good;
  const std::string doubt = checked.release.quarantined ? "quarantined; "
                            : good                      ? ""
                                   : std::string(state::to_text(checked.release.outcome)) + "; ";
  return doubt + verdict_of(checked.restorable);
}

// Which releases there are to go back to, before the plan for the one that is proposed.
Status show_choices(Invocation& invocation, Wiring& wiring) {
  DEPLOYCTL_TRY(const auto releases, check_releases(wiring, choices_shown));
  std::optional<state::Release> live;
  if (wiring.live()) live = *wiring.live();
  const auto proposed =
      engine::release_to_go_back_to(wiring.engine(), wiring.pipeline().stack(), live, std::string());
  const vcs::Repository* repository = wiring.repository();
  std::vector<ui::ChoiceRow> rows;
  Value::List values;
  for (const CheckedRelease& checked : releases) {
    const state::Release& release = checked.release;
    rows.push_back({.number = release.number,
                    .version = release.version,
                    .age = age_of(release, invocation.clock.wall()),
                    .created_by = release.created_by,
                    .commit = release.commit,
                    .title = title_of(repository, release.commit),
                    .restorable = state_of(checked, wiring.live()),
                    .proposed = proposed && proposed->id == release.id});
    Value value = to_value(checked.restorable);
    value["number"] = release.number;
    value["version"] = release.version;
    value["commit"] = release.commit;
    value["title"] = rows.back().title;
    value["proposed"] = rows.back().proposed;
    values.push_back(std::move(value));
  }
  if (rows.empty()) return {};
  invocation.console.answer(
      ui::choices_text(wiring.pipeline().stack(), rows, invocation.console.out_style()) + "\n",
      Value::Map{{"releases", std::move(values)}});
  return {};
}

} // namespace

Result<ExitCode> run_rollback(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const std::string environment = invocation.line.argument(0);
  const std::string to = invocation.line.value("to").value_or("");
  const std::vector<std::string> cross = invocation.line.values("cross");
  DEPLOYCTL_TRY(const auto checkout, tag_without_record(invocation, project, project.stack(environment), to));
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, environment, {}, checkout ? &*checkout : nullptr));
  if (to.empty()) DEPLOYCTL_CHECK(show_choices(invocation, *wiring));
  DEPLOYCTL_TRY(
      const engine::RollbackPlan rollback,
      checkout ? engine::rollback_plan_to_tree(wiring->engine(), wiring->pipeline(), wiring->source(), cross)
               : engine::rollback_plan(wiring->engine(), wiring->pipeline(), wiring->source(), to, cross));
  if (invocation.line.has("out")) return plan_result(invocation, *wiring, rollback.plan);
  attend(invocation, *wiring);
  const engine::Ending ending =
      engine::apply_rollback(wiring->engine(), rollback, wiring->source(), wiring->options());
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
