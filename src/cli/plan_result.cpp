#include "cli/plan_result.hpp"

#include "cli/approve.hpp"
#include "os/files.hpp"
#include "ui/plan_view.hpp"

namespace deployctl::cli {

Result<ExitCode> plan_result(Invocation& invocation, const Wiring& wiring, const plan::Plan& plan) {
  show_plan(invocation, plan, wiring.live(), ui::plan_document(plan));
  if (const std::optional<std::string> file = invocation.line.value("out")) {
    // It names hosts, paths and versions of secrets: for its owner only.
    DEPLOYCTL_CHECK(os::atomic_write(*file, plan::to_file(plan), 0600));
    invocation.console.note("Saved to " + *file + ". To apply exactly this: deployctl apply " + *file + "\n");
  }
  const bool is_pending = invocation.line.has("detailed-exitcode") && plan.has_changes();
  return is_pending ? ExitCode::changes_pending : ExitCode::done;
}

} // namespace deployctl::cli
