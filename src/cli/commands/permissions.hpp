// The run function of `permissions`; for the table of commands.
#pragma once

#include "cli/command.hpp"

namespace deployctl::cli {

Result<ExitCode> run_permissions(Invocation& invocation);

} // namespace deployctl::cli
