#include "cli/commands/telling.hpp"
#include "cli/run_story.hpp"
#include "os/files.hpp"
#include "ui/report/page.hpp"

namespace deployctl::cli {

Result<ExitCode> run_report(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const ui::RunStory story, named_story(invocation, project, invocation.line.argument(0)));
  const std::string page = ui::report::page(story);
  const std::string file = invocation.line.value("out").value_or("");
  const Value::Map document{{"run", story.run}, {"outcome", story.ending.outcome}, {"file", file}};
  if (file.empty()) {
    invocation.console.answer(page, document);
    return ExitCode::done;
  }
  DEPLOYCTL_CHECK(os::atomic_write(file, invocation.redactions.redact(page)));
  invocation.console.answer("Wrote " + file + ": run " + story.run + " of " + story.ending.subject + ".\n",
                            document);
  return ExitCode::done;
}

} // namespace deployctl::cli
