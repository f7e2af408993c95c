#include "cli/guardrails.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <optional>
#include <utility>

#include "cli/lint_files.hpp"
#include "os/files.hpp"

namespace deployctl::cli {
namespace {

namespace fs = std::filesystem;
using policy::lint::FileKind;
using policy::lint::LintInput;
using policy::lint::LintReport;

// None: it is not there, or no YAML, which other commands say.
std::optional<yaml::Document> document_at(const std::string& path) {
  constexpr std::size_t largest = std::size_t{4} << 20;
  Result<std::string> text = os::read_file(path, largest);
  if (!text) return std::nullopt;
  return yaml::parse({}, *std::move(text)).document;
}

Result<LintReport> report_of(const LintInput& input) {
  DEPLOYCTL_TRY(policy::lint::Linter linter, policy::lint::Linter::compile());
  return linter.lint(input);
}

LintInput input_of(const yaml::Document& pipeline, const std::string& environment) {
  return {.files = {{.path = pipeline.source.name, .text = pipeline.source.text, .kind = FileKind::pipeline}},
          .contexts = {},
          .pipeline = &pipeline.root,
          .environment = environment};
}

} // namespace

Result<LintReport> lint_report(const LintScope& scope) {
  LintFiles files(scope.here, scope.pipeline);
  if (scope.paths.empty()) DEPLOYCTL_CHECK(files.add_path("."));
  for (const std::string& path : scope.paths) {
    DEPLOYCTL_CHECK(files.add_path(path));
  }
  LintInput input = files.take();
  const std::optional<yaml::Document> pipeline = document_at(scope.pipeline);
  if (pipeline) input.pipeline = &pipeline->root;
  return report_of(input);
}

Result<LintReport> lint_pipeline(const yaml::Document& pipeline, const std::string& environment) {
  return report_of(input_of(pipeline, environment));
}

Result<LintReport> lint_beside(const yaml::Document& pipeline, const Neighbourhood& place) {
  const fs::path folder(place.directory);
  const fs::path own = folder / fs::path(pipeline.source.name).filename();
  DEPLOYCTL_TRY(const std::vector<std::string> names, names_beside(own));
  LintFiles files(place.here, own, LintFiles::Contexts::ignore_file);
  for (const std::string& name : names) {
    DEPLOYCTL_CHECK(files.add_file(folder / name));
  }
  LintInput beside = files.take();
  LintInput input = input_of(pipeline, place.environment);
  std::move(beside.files.begin(), beside.files.end(), std::back_inserter(input.files));
  input.contexts = std::move(beside.contexts);
  return report_of(input);
}

std::size_t count_errors(const std::vector<Diagnostic>& findings) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [](const Diagnostic& each) {
    return each.severity == Severity::error;
  }));
}

} // namespace deployctl::cli
