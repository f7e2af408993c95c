#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"

namespace deployctl::cli {

Result<ExitCode> run_version(Invocation& invocation) {
  invocation.console.answer("deployctl " DEPLOYCTL_VERSION "\n", Value::Map{{"version", DEPLOYCTL_VERSION}});
  return ExitCode::done;
}

} // namespace deployctl::cli
