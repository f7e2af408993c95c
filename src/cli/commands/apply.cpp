#include "cli/approve.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/plan_subject.hpp"
#include "cli/wiring.hpp"

namespace deployctl::cli {

Result<ExitCode> run_apply(Invocation& invocation) {
  if (invocation.line.has("dry-run")) return run_plan(invocation);
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  Result<PlanSubject> subject = find_subject(project, invocation.line.argument(0));
  if (!subject && subject.error().cause == Cause::conflict) {
    invocation.console.report(subject.error());
    return ExitCode::stale_plan;
  }
  if (!subject) return fail(std::move(subject).error());
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, subject->environment));
  wiring->engine().approve = [&](const plan::Plan& plan) { return decide(invocation, plan, wiring->live()); };
  const engine::Ending ending = engine::apply(wiring->engine(), wiring->pipeline(), wiring->source(),
                                              std::move(subject->plan), wiring->options());
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
