#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "cli/restorability.hpp"
#include "ui/history_view.hpp"

namespace deployctl::cli {
namespace {

constexpr int shown_by_default = 20;

ui::ReleaseRow row_of(const state::ReleaseLine& line, const std::string& live) {
  std::string note = line.operation == "rollback" ? "rollback" : "";
  if (line.quarantined) note += (note.empty() ? "" : ", ") + ("quarantined: " + line.quarantine_reason);
  if (line.dirty) note += (note.empty() ? "" : ", ") + std::string("uncommitted changes");
  return {.number = line.number,
          .version = line.version,
          .outcome = std::string(state::to_text(line.outcome)),
          .created_at = line.created_at,
          .created_by = line.created_by,
          .commit = line.commit,
          .note = note,
          .live = line.id == live};
}

Value value_of(const state::ReleaseLine& line, const std::string& live) {
  return Value::Map{{"id", line.id},
                    {"number", line.number},
                    {"version", line.version},
                    {"outcome", state::to_text(line.outcome)},
                    {"operation", line.operation},
                    {"created_at", line.created_at},
                    {"created_by", line.created_by},
                    {"commit", line.commit},
                    {"dirty", line.dirty},
                    {"run", line.run},
                    {"rolled_back_to", line.rolled_back_to},
                    {"quarantined", line.quarantined},
                    {"quarantine_reason", line.quarantine_reason},
                    {"live", line.id == live}};
}

Value value_of(const state::RunRecord& run) {
  Value value = Value::Map{{"id", run.id},
                           {"operation", run.operation},
                           {"started_at", run.started_at},
                           {"ended_at", run.ended_at},
                           {"outcome", run.outcome},
                           {"journal", run.journal}};
  if (run.exit_code) value["exit_code"] = *run.exit_code;
  return value;
}

std::string runs_text(const std::vector<state::RunRecord>& runs) {
  std::string out;
  for (const state::RunRecord& run : runs)
    if (run.outcome != "succeeded")
      out.append("  " + run.started_at + "  " + run.operation + "  " +
                 (run.outcome.empty() ? "not ended" : run.outcome) + "  run " + run.id + "\n");
  return out.empty() ? out : "\nRuns that made no release\n" + out;
}

// Each release with why it could not be restored; what its secrets would be is no reason against it.
std::string check_text(const std::string& stack, const std::vector<CheckedRelease>& releases) {
  if (releases.empty()) return "No release of " + stack + " is recorded.\n";
  std::string out;
  for (const CheckedRelease& checked : releases) {
    const bool whole = checked.restorable.missing.empty();
    out.append("  " + release_title(checked.release) + ": " + (whole ? "restorable" : "not restorable") +
               "\n");
    for (const Error& error : checked.restorable.missing) out.append("      " + error.message + "\n");
    for (const std::string& note : checked.restorable.notes) out.append("      " + note + "\n");
  }
  return out;
}

Result<ExitCode> check_history(Invocation& invocation, const Project& project, int limit) {
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, invocation.line.argument(0)));
  DEPLOYCTL_TRY(const auto releases, check_releases(*wiring, limit));
  Value::List values;
  for (const CheckedRelease& checked : releases) {
    Value value = to_value(checked.restorable);
    value["id"] = checked.release.id;
    value["number"] = checked.release.number;
    value["version"] = checked.release.version;
    values.push_back(std::move(value));
  }
  const std::string stack = wiring->pipeline().stack();
  invocation.console.answer(check_text(stack, releases),
                            Value::Map{{"stack", stack}, {"releases", std::move(values)}});
  return exit_code_of(releases);
}

} // namespace

Result<ExitCode> run_history(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const std::string environment = invocation.line.argument(0);
  DEPLOYCTL_CHECK(check_environment(project, environment));
  const std::string stack = project.stack(environment);
  const int limit = std::stoi(invocation.line.value("limit").value_or(std::to_string(shown_by_default)));
  if (invocation.line.has("check")) return check_history(invocation, project, limit);
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  std::vector<state::ReleaseLine> lines;
  std::vector<state::RunRecord> runs;
  std::string live;
  if (records) {
    DEPLOYCTL_TRY(lines, records->history.releases(stack, limit));
    DEPLOYCTL_TRY(runs, records->history.runs(stack, limit));
    DEPLOYCTL_TRY(live,
                  cell_of(*records, stack).map([](const state::Cell& cell) { return cell.current_release; }));
  }
  std::vector<ui::ReleaseRow> rows;
  Value::List releases;
  for (const state::ReleaseLine& line : lines) {
    rows.push_back(row_of(line, live));
    releases.push_back(value_of(line, live));
  }
  Value::List run_values;
  for (const state::RunRecord& run : runs) run_values.push_back(value_of(run));
  invocation.console.answer(ui::history_text(stack, rows, invocation.console.out_style()) + runs_text(runs),
                            Value::Map{{"stack", stack}, {"releases", releases}, {"runs", run_values}});
  return ExitCode::done;
}

} // namespace deployctl::cli
