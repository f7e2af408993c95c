#include "base/time.hpp"
#include "cli/commands/run.hpp"
#include "cli/drift.hpp"
#include "cli/records.hpp"
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

} // namespace

Result<ExitCode> run_status(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  std::vector<std::string> environments = project.environments();
  if (const std::string name = invocation.line.argument(0); !name.empty()) {
    DEPLOYCTL_CHECK(check_environment(project, name));
    environments = {name};
  }
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
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
    invocation.console.answer((documents.empty() ? "" : "\n") +
                                  ui::status_text(status, invocation.console.out_style()),
                              Value::Map{});
    documents[environment] = value_of(cell, live, status.steps);
  }
  invocation.console.answer("", Value::Map{{"environments", std::move(documents)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
