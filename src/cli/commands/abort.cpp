#include "cli/commands/run.hpp"
#include "cli/endings.hpp"
#include "cli/named_run.hpp"
#include "cli/wiring.hpp"

namespace deployctl::cli {

Result<ExitCode> run_abort(Invocation& invocation) {
  const auto began = invocation.clock.boot();
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::optional<NamedRun> named, named_run(invocation, project));
  if (!named) return fail(Cause::config, "no run is pending: there is nothing to take back");
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, named->environment, named->run));
  const auto ending = engine::abort_pending(wiring->engine(), wiring->pipeline(), wiring->source(),
                                            invocation.line.has("keep"), named->run);
  if (!ending)
    return fail(Cause::config, "run " + named->run + " is over: there is nothing to take back",
                "'deployctl rollback " + named->environment + "' goes back to an earlier release");
  return conclude(invocation, *wiring, *ending, began);
}

} // namespace deployctl::cli
