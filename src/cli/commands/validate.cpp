#include <filesystem>

#include "base/strings.hpp"
#include "cli/commands/run.hpp"
#include "cli/facts.hpp"
#include "cli/guardrails.hpp"
#include "cli/project.hpp"
#include "engine/file_inputs.hpp"

namespace deployctl::cli {
Result<ExitCode> run_validate(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  const Catalog catalog = invocation.machine.catalog({});
  const engine::LocalFiles files(project.directory, engine::LocalFiles::Look::presence);
  const config::Facts facts = facts_of_process(invocation);
  const config::Probes probes{.files = files, .zones = time_zones};
  const std::vector<Diagnostic> diagnostics =
      config::validate({.document = project.document, .facts = facts, .catalog = catalog, .probes = probes});
  DEPLOYCTL_TRY(const policy::lint::LintReport guardrails,
                lint_with_files_beside(project.document, {.here = std::filesystem::current_path().string(),
                                                          .directory = project.directory,
                                                          .environment = {}}));
  DEPLOYCTL_CHECK(report_mistakes(invocation, project, diagnostics, guardrails));
  const yaml::Node* steps = project.document.root.find("steps");
  const std::size_t step_count = steps ? steps->entries.size() : 0;
  const std::size_t environment_count = project.environments().size();
  invocation.console.answer(project.file + " is valid: " + counted(environment_count, "environment") + ", " +
                                counted(step_count, "step") + "\n",
                            Value::Map{{"file", project.file}, {"valid", true}});
  return ExitCode::done;
}

} // namespace deployctl::cli
