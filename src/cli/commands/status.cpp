#include <deployctl/units.hpp>

#include "base/time.hpp"
#include "cli/commands/run.hpp"
#include "cli/drift.hpp"
#include "cli/records.hpp"
#include "cli/watching.hpp"
#include "ui/status_view.hpp"

namespace deployctl::cli {
namespace {

std::string since_text(const Invocation& invocation, const std::string& created_at) {
  const Result<WallTime> created = parse_time(created_at);
  if (!created) return created_at;
  const auto age = std::chrono::duration_cast<Milliseconds>(invocation.clock.wall() - *created);
  return created_at + ", " + format_age(age) + " ago";
}

ui::EnvironmentStatus recorded_status(const Invocation& invocation, const std::string& stack,
                                      const state::Cell& cell, const std::optional<state::Release>& live) {
  ui::EnvironmentStatus status{.stack = stack};
  if (cell.holder) status.lock = state::describe(*cell.holder);
  if (!cell.pending_run.empty()) status.pending = "run " + cell.pending_run;
  if (!live) return status;
  status.release = release_title(*live);
  status.since = since_text(invocation, live->created_at);
  status.by = live->created_by;
  status.commit = live->commit;
  return status;
}

Value value_of(const state::Cell& cell, const std::optional<state::Release>& live,
               const std::vector<ui::LiveStep>& steps) {
  Value::List step_values;
  for (const ui::LiveStep& step : steps) {
    Value::List drift;
    for (const auto& [target, fields] : step.drift)
      for (const FieldChange& field : fields)
        drift.push_back(Value::Map{
            {"target", target}, {"path", field.path}, {"released", field.before}, {"found", field.after}});
    step_values.push_back(Value::Map{{"id", step.id},
                                     {"action", step.action},
                                     {"state", step.state},
                                     {"why", step.why},
                                     {"drift", std::move(drift)}});
  }
  return Value::Map{{"release", live ? state::to_value(*live) : Value()},
                    {"lock", cell.holder ? state::to_value(*cell.holder) : Value()},
                    {"pending_run", cell.pending_run},
                    {"steps", std::move(step_values)}};
}

constexpr Milliseconds usual_interval{5'000};

Result<View> look_at(Invocation& invocation, const Project& project,
                     const std::vector<std::string>& environments) {
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  std::string text;
  Value::Map documents;
  for (const std::string& environment : environments) {
    const std::string stack = project.stack(environment);
    state::Cell cell;
    std::optional<state::Release> live;
    if (records) {
      DEPLOYCTL_TRY(cell, cell_of(*records, stack));
      DEPLOYCTL_TRY(live, live_release(*records, stack));
    }
    ui::EnvironmentStatus status = recorded_status(invocation, stack, cell, live);
    if (live && !invocation.line.has("offline")) {
      DEPLOYCTL_TRY(status.steps, drift_of(invocation, project, environment));
    }
    text += (documents.empty() ? "" : "\n") + ui::status_text(status, invocation.console.out_style());
    documents[environment] = value_of(cell, live, status.steps);
  }
  return View{.text = std::move(text), .document = std::move(documents)};
}

Result<Milliseconds> interval_of(const Invocation& invocation) {
  const std::optional<std::string> given = invocation.line.value("every");
  if (!given) return usual_interval;
  return parse_duration(*given);
}

} // namespace

Result<ExitCode> run_status(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  std::vector<std::string> environments = project.environments();
  if (const std::string name = invocation.line.argument(0); !name.empty()) {
    DEPLOYCTL_CHECK(check_environment(project, name));
    environments = {name};
  }
  const auto look = [&] { return look_at(invocation, project, environments); };
  if (invocation.line.has("watch")) {
    if (!invocation.console.is_text())
      return fail(Cause::config, "--watch shows text, and --output asks for a document",
                  "run 'deployctl status --output json' again and again instead");
    DEPLOYCTL_TRY(const Milliseconds every, interval_of(invocation));
    return watch(invocation, every, look);
  }
  DEPLOYCTL_TRY(const View view, look());
  invocation.console.answer(view.text, Value::Map{{"environments", view.document}});
  return ExitCode::done;
}

} // namespace deployctl::cli
