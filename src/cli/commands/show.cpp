#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "ui/history_view.hpp"
#include "ui/value_text.hpp"

namespace deployctl::cli {
namespace {

ui::Facts facts_of(const state::Release& release) {
  return {{"state", std::string(state::to_text(release.outcome))},
          {"created", release.created_at + " by " + release.created_by},
          {"operation", release.operation},
          {"back to", release.rolled_back_to},
          {"artifacts from", release.promoted_from.empty()
                                 ? ""
                                 : release.promoted_from + ", release " + release.promoted_release},
          {"not promoted", release.no_from},
          {"commit", release.commit + (release.dirty ? " and uncommitted changes" : "")},
          {"sources", release.tree},
          {"plan", release.plan_digest},
          {"pipeline", release.pipeline_digest},
          {"run", release.run},
          {"id", release.id},
          {"tool", release.tool},
          {"quarantined", release.quarantine_reason}};
}

ui::Facts inputs_of(const state::ReleaseStep& step) {
  ui::Facts facts;
  if (const Value::Map* inputs = step.inputs.map())
    for (const auto& [name, value] : *inputs) facts.emplace_back(name, ui::value_text(value));
  if (const Value::Map* outputs = step.outputs.map())
    for (const auto& [name, value] : *outputs) facts.emplace_back(name + " (output)", ui::value_text(value));
  return facts;
}

} // namespace

Result<ExitCode> run_show(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::string environment, chosen_environment(invocation, project));
  const std::string stack = project.stack(environment);
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (!records) return fail(Cause::not_found, "nothing was released to '" + stack + "' from here yet");
  DEPLOYCTL_TRY(const state::Release release, named_release(*records, stack, invocation.line.argument(0)));
  const ui::Style& style = invocation.console.out_style();
  std::string text = ui::facts_text(stack + ", " + release_title(release), facts_of(release), style);
  for (const state::ReleaseStep& step : release.steps)
    text.append("\n" + ui::facts_text(step.id + " (" + step.action + ")", inputs_of(step), style));
  invocation.console.answer(text, Value::Map{{"release", state::to_value(release)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
