#include "cli/approve.hpp"
#include "cli/build.hpp"
#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/going_back.hpp"
#include "cli/plan_subject.hpp"
#include "cli/wiring.hpp"
#include "engine/approval_store.hpp"

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
  if (subject->plan) DEPLOYCTL_CHECK(refuse_plan_flags(invocation, invocation.line.argument(0)));
  if (subject->plan && subject->plan->content.operation == "rollback")
    return apply_saved_rollback(invocation, project, *std::move(subject->plan));
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, subject->environment));
  if (!subject->plan) DEPLOYCTL_CHECK(refuse_files_beside(invocation, project, subject->environment));
  DEPLOYCTL_TRY(PlanOptions how, plan_options(invocation, project, *wiring));
  if (how.failed) return *how.failed;
  attend(invocation, *wiring);
  how.options.override_freeze = invocation.line.value("override-freeze").value_or("");
  if (subject->plan) {
    DEPLOYCTL_TRY(how.options.approvals, engine::approvals_text(approvals_file(invocation.line.argument(0))));
  }
  const engine::Ending ending = engine::apply(wiring->engine(), wiring->pipeline(), wiring->source(),
                                              std::move(subject->plan), how.options);
  return conclude(invocation, *wiring, ending, began);
}

} // namespace deployctl::cli
