// The pipeline file of an invocation: read, parsed, its mistakes shown. Offline, and without any state.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "cli/invocation.hpp"
#include "config/load.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {
struct LintReport;
}

namespace deployctl::cli {

struct Project {
  std::string file;      // as the user named it
  std::string directory; // absolute: where the pipeline stands
  yaml::Document document;
  std::vector<Diagnostic> mistakes; // that YAML itself has; shown together with those of the language

  [[nodiscard]] std::string name() const; // empty when the file has none
  [[nodiscard]] std::string stack(const std::string& environment) const { return name() + "/" + environment; }
  [[nodiscard]] std::vector<std::string> environments() const { return config::environment_names(document); }
};

// The file at `path`, called `name` in messages. For the pipeline of another tree than the one at hand.
Result<Project> read_project(Invocation& invocation, const std::string& name, const std::string& path);

// The file that the options name. Error (config) when there is no file, or no tree could be made of it (then
// its mistakes have been shown). A project with mistakes is good enough for looking at records.
Result<Project> open_project(Invocation& invocation);

// Shows the project's own mistakes, these, and what the guardrails found; error (config) "deploy.yaml has 3
// mistakes" when one is an error.
Status report_mistakes(Invocation& invocation, const Project& project,
                       const std::vector<Diagnostic>& diagnostics,
                       const policy::lint::LintReport& guardrails);

// The guardrails over the files beside the pipeline, for a command that goes on: errors are shown and
// refused, of warnings only the number is told.
Status refuse_files_beside(Invocation& invocation, const Project& project, const std::string& environment);

// Error (config) with similar names when the pipeline has no such environment.
Status check_environment(const Project& project, const std::string& name);

// `--env`, or the only environment there is.
Result<std::string> chosen_environment(const Invocation& invocation, const Project& project);

// IANA names on this machine; empty when it has no list.
std::vector<std::string> time_zones();

} // namespace deployctl::cli
