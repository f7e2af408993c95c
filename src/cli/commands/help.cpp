#include "cli/help.hpp"

#include "base/strings.hpp"
#include "cli/commands.hpp"
#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"

namespace deployctl::cli {

Result<ExitCode> run_help(Invocation& invocation) {
  const std::string subject = join(invocation.line.arguments, " ");
  if (const std::optional<std::string> text = help_about(subject)) {
    invocation.console.answer(*text, Value::Map{{"subject", subject}, {"text", *text}});
    return ExitCode::done;
  }
  std::vector<std::string> names = command_names();
  for (const Topic& topic : help_topics()) names.emplace_back(topic.name);
  const std::vector<std::string> similar = similar_names(subject, names);
  return fail(Cause::config, "there is no help about '" + subject + "'",
              similar.empty() ? "'deployctl help' lists commands and topics"
                              : "similar names exist: '" + join(similar, "', '") + "'");
}

} // namespace deployctl::cli
