#include <algorithm>

#include "base/strings.hpp"
#include "cli/commands/run.hpp"
#include "cli/completion_scripts.hpp"
#include "cli/invocation.hpp"

namespace deployctl::cli {

Result<ExitCode> run_completion(Invocation& invocation) {
  const std::string shell = invocation.line.argument(0);
  const auto found = std::find_if(completion_scripts.begin(), completion_scripts.end(),
                                  [&](const CompletionScript& script) { return script.shell == shell; });
  if (found == completion_scripts.end())
    return fail(Cause::config, "there is no completion for '" + shell + "'", "one of bash, zsh, fish");
  invocation.console.answer(found->text, Value::Map{{"shell", shell}, {"script", found->text}});
  return ExitCode::done;
}

} // namespace deployctl::cli
