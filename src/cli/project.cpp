#include "cli/project.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "base/strings.hpp"
#include "cli/guardrails.hpp"
#include "os/files.hpp"

namespace deployctl::cli {
namespace {

constexpr std::size_t read_limit =
    (std::size_t{4} << 20) + 1; // one more than the parser takes, so that it can say so

Error without_file(const Options& options, Error error) {
  if (error.cause != Cause::not_found) return error;
  return {.cause = Cause::config,
          .message = "there is no file '" + options.file + "'",
          .help = options.file_given ? "" : "'deployctl init' writes one; -f names another"};
}

} // namespace

std::string Project::name() const {
  const yaml::Node* node = document.root.find("project");
  return node && node->is_scalar() ? node->text : std::string();
}

Result<Project> open_project(Invocation& invocation) {
  const Options& options = invocation.options;
  const std::string path = std::filesystem::absolute(options.file).lexically_normal().string();
  return read_project(invocation, options.file, path).map_error([&](Error error) {
    return without_file(options, std::move(error));
  });
}

Result<Project> read_project(Invocation& invocation, const std::string& name, const std::string& path) {
  DEPLOYCTL_TRY(std::string text, os::read_file(path, read_limit));
  yaml::ParseOutcome outcome = yaml::parse(name, std::move(text));
  if (!outcome.document) {
    invocation.console.report({Source{.name = name, .text = {}}}, outcome.diagnostics);
    return fail(Cause::config, "'" + name + "' cannot be read as YAML");
  }
  return Project{.file = name,
                 .directory = std::filesystem::path(path).parent_path().string(),
                 .document = *std::move(outcome.document),
                 .mistakes = std::move(outcome.diagnostics)};
}

Status report_mistakes(Invocation& invocation, const Project& project,
                       const std::vector<Diagnostic>& diagnostics,
                       const policy::lint::LintReport& guardrails) {
  std::vector<Diagnostic> all = project.mistakes;
  all.insert(all.end(), diagnostics.begin(), diagnostics.end());
  all.insert(all.end(), guardrails.findings.begin(), guardrails.findings.end());
  invocation.console.report(guardrails.sources, all); // these hold no secret
  if (const std::size_t errors = count_errors(all); errors > 0)
    return fail(Cause::config, project.file + " has " + counted(errors, "mistake"));
  return {};
}

Status refuse_files_beside(Invocation& invocation, const Project& project, const std::string& environment) {
  DEPLOYCTL_TRY(policy::lint::LintReport report,
                lint_beside(project.document, {.here = std::filesystem::current_path().string(),
                                               .directory = project.directory,
                                               .environment = environment}));
  std::vector<Diagnostic>& findings = report.findings;
  const auto first_warning =
      std::stable_partition(findings.begin(), findings.end(),
                            [](const Diagnostic& each) { return each.severity == Severity::error; });
  const auto warnings = std::distance(first_warning, findings.end());
  findings.erase(first_warning, findings.end());
  if (warnings > 0)
    invocation.console.note("warning: the guardrails have " +
                            counted(static_cast<std::size_t>(warnings), "warning") +
                            " about files beside the pipeline: 'deployctl lint' shows them\n");
  if (findings.empty()) return {};
  invocation.console.report(report.sources, findings);
  return fail(Cause::config,
              "the files beside " + project.file + " have " + counted(findings.size(), "mistake"),
              "what is meant so is allowed in its place by '# deployctl: allow RULE why', or by 'policy'");
}

Status check_environment(const Project& project, const std::string& name) {
  const std::vector<std::string> names = project.environments();
  if (std::find(names.begin(), names.end(), name) != names.end()) return {};
  const std::vector<std::string> similar = similar_names(name, names);
  const std::string help = similar.empty() ? "there is '" + join(names, "', '") + "'"
                                           : "similar names exist: '" + join(similar, "', '") + "'";
  return fail(Cause::config, project.file + " has no environment '" + name + "'", names.empty() ? "" : help);
}

Result<std::string> chosen_environment(const Invocation& invocation, const Project& project) {
  const std::vector<std::string> names = project.environments();
  if (const std::optional<std::string> given = invocation.line.value("env")) {
    DEPLOYCTL_CHECK(check_environment(project, *given));
    return *given;
  }
  if (names.size() == 1) return names.front();
  return fail(Cause::config, "which environment is meant is not clear", "--env, one of " + join(names, ", "));
}

std::vector<std::string> time_zones() {
  const Result<std::string> table = os::read_file("/usr/share/zoneinfo/tzdata.zi", std::size_t{4} << 20);
  std::vector<std::string> names;
  if (!table) return names;
  for (const std::string_view line : split(*table, '\n')) {
    const std::vector<std::string_view> words = split(line, ' ');
    if (words.size() > 1 && words[0] == "Z") names.emplace_back(words[1]);
    if (words.size() > 2 && words[0] == "L") names.emplace_back(words[2]);
  }
  return names;
}

} // namespace deployctl::cli
