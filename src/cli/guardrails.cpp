#include "cli/guardrails.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "cli/lint_files.hpp"
#include "os/files.hpp"

namespace deployctl::cli {
namespace {

namespace fs = std::filesystem;
using policy::lint::FileKind;
using policy::lint::LintFile;
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

LintFile file_of(const yaml::Document& pipeline) {
  return {.path = pipeline.source.name, .text = pipeline.source.text, .kind = FileKind::pipeline};
}

// The files beside the pipeline; its `policy` counts for them too.
Result<LintInput> input_beside(const yaml::Document& pipeline, const Neighbourhood& place) {
  const fs::path folder(place.directory);
  const fs::path own = folder / fs::path(pipeline.source.name).filename();
  DEPLOYCTL_TRY(const std::vector<std::string> names, names_beside(own));
  LintFiles files(place.here, own, LintFiles::Contexts::ignore_file);
  for (const std::string& name : names) {
    DEPLOYCTL_CHECK(files.add_file(folder / name));
  }
  LintInput input = files.take();
  input.pipeline = &pipeline.root;
  input.environment = place.environment;
  return input;
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
  return report_of(
      {.files = {file_of(pipeline)}, .contexts = {}, .pipeline = &pipeline.root, .environment = environment});
}

Result<LintReport> lint_beside(const yaml::Document& pipeline, const Neighbourhood& place) {
  DEPLOYCTL_TRY(const LintInput input, input_beside(pipeline, place));
  if (input.files.empty()) return LintReport{};
  return report_of(input);
}

Result<LintReport> lint_with_files_beside(const yaml::Document& pipeline, const Neighbourhood& place) {
  DEPLOYCTL_TRY(LintInput input, input_beside(pipeline, place));
  input.files.insert(input.files.begin(), file_of(pipeline));
  return report_of(input);
}

std::size_t count_errors(const std::vector<Diagnostic>& findings) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [](const Diagnostic& each) {
    return each.severity == Severity::error;
  }));
}

} // namespace deployctl::cli
