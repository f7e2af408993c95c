#include "cli/drift.hpp"

#include <utility>

#include "cli/wiring.hpp"

namespace deployctl::cli {
namespace {

// A plan leads from what is found to what was released; drift is told the other way round.
std::vector<FieldChange> turned_round(const std::vector<FieldChange>& fields) {
  std::vector<FieldChange> out = fields;
  for (FieldChange& field : out) std::swap(field.before, field.after);
  return out;
}

ui::LiveStep live_step(const plan::PlannedStep& step) {
  ui::LiveStep live{.id = step.id, .action = step.action, .state = "as released", .why = {}, .drift = {}};
  for (const plan::PlannedTarget& target : step.targets) {
    if (target.change.action == Action::none) continue;
    live.state = target.change.action == Action::create ? "missing" : "drifted";
    live.drift.emplace_back(target.target.name, turned_round(target.change.fields));
  }
  return live;
}

} // namespace

Result<std::vector<ui::LiveStep>> drift_of(Invocation& invocation, const Project& project,
                                           const std::string& environment) {
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring, Wiring::open(invocation, project, environment));
  std::vector<ui::LiveStep> steps;
  if (!wiring->live()) return steps;
  DEPLOYCTL_TRY(const plan::Plan as_released,
                engine::plan_as_released(wiring->engine(), wiring->pipeline(), wiring->source()));
  for (const plan::PlannedStep& step : as_released.content.steps)
    if (step.kind == Kind::resource && step.status != plan::StepStatus::gone)
      steps.push_back(live_step(step));
  if (wiring->engine().interrupts.wind_down.stop_requested()) return fail(Cause::cancelled, "interrupted");
  return steps;
}

} // namespace deployctl::cli
