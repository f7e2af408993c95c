// What `plan`, `apply --dry-run` and `rollback -o` do with a plan: show it, save it if wanted, and say by the
// exit code whether anything is pending, if asked.
#pragma once

#include "cli/wiring.hpp"
#include "plan/plan.hpp"

namespace deployctl::cli {

Result<ExitCode> plan_result(Invocation& invocation, const Wiring& wiring, const plan::Plan& plan);

} // namespace deployctl::cli
