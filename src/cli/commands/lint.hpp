// The run function of `lint`; for the table of commands.
#pragma once

#include "cli/command.hpp"

namespace deployctl::cli {

Result<ExitCode> run_lint(Invocation& invocation);

} // namespace deployctl::cli
