#include "cli/approve.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/plan_result.hpp"

namespace deployctl::cli {

Result<ExitCode> run_rollback(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, invocation.line.argument(0)));
  DEPLOYCTL_TRY(const engine::RollbackPlan rollback,
                engine::rollback_plan(wiring->engine(), wiring->pipeline(), wiring->source(),
                                      invocation.line.value("to").value_or("")));
  if (invocation.line.has("out")) return plan_result(invocation, *wiring, rollback.plan);
  attend(invocation, *wiring);
  const engine::Ending ending =
      engine::apply_rollback(wiring->engine(), rollback, wiring->source(), wiring->options());
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
