// The run functions of the commands that tell about runs and about what can be reached, for the table.
#pragma once

#include "cli/command.hpp"

namespace deployctl::cli {

Result<ExitCode> run_doctor(Invocation& invocation);
Result<ExitCode> run_logs(Invocation& invocation);
Result<ExitCode> run_report(Invocation& invocation);

} // namespace deployctl::cli
