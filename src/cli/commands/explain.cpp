#include "config/explain.hpp"
#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"

namespace deployctl::cli {

Result<ExitCode> run_explain(Invocation& invocation) {
  const std::string subject = invocation.line.argument(0);
  Result<std::string> text = config::explain(invocation.machine.catalog({}), subject);
  // A name that does not exist is a mistake of the person who typed it.
  if (!text) return fail(Cause::config, text.error().message, text.error().help);
  invocation.console.answer(*text, Value::Map{{"subject", subject}, {"text", *text}});
  return ExitCode::done;
}

} // namespace deployctl::cli
