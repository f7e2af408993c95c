#include "cli/build.hpp"
#include "cli/commands/run.hpp"
#include "cli/plan_result.hpp"

namespace deployctl::cli {

// Also what `apply --dry-run` runs.
Result<ExitCode> run_plan(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, invocation.line.argument(0)));
  DEPLOYCTL_CHECK(refuse_files_beside(invocation, project, invocation.line.argument(0)));
  DEPLOYCTL_TRY(const PlanOptions how, plan_options(invocation, project, *wiring));
  if (how.failed) return *how.failed;
  DEPLOYCTL_TRY(const plan::Plan plan,
                engine::plan_apply(wiring->engine(), wiring->pipeline(), wiring->source(), how.options));
  return plan_result(invocation, *wiring, plan);
}

} // namespace deployctl::cli
