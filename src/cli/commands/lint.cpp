#include "cli/commands/lint.hpp"

#include <filesystem>
#include <utility>

#include <fmt/core.h>

#include "base/json.hpp"
#include "base/strings.hpp"
#include "cli/guardrails.hpp"
#include "cli/invocation.hpp"
#include "ui/diagnostic_text.hpp"
#include "ui/sarif.hpp"

namespace deployctl::cli {
namespace {

using policy::lint::LintReport;

std::string summary(const LintReport& report, std::size_t errors) {
  std::string text = counted(report.sources.size(), "file") + ": " + counted(errors, "error") + ", " +
                     counted(report.findings.size() - errors, "warning");
  if (!report.waived.empty()) text += fmt::format(", {} allowed with a reason", report.waived.size());
  return text + "\n";
}

Value allowed_value(const LintReport& report) {
  Value::List allowed;
  for (const policy::lint::Waived& each : report.waived) {
    Value item = ui::diagnostics_value(report.sources, {each.finding}).list()->front();
    item["why"] = each.why;
    allowed.push_back(std::move(item));
  }
  return allowed;
}

Value document_of(const LintReport& report) {
  Value::List files;
  for (const Source& source : report.sources) files.emplace_back(source.name);
  return Value::Map{{"files", std::move(files)},
                    {"findings", ui::diagnostics_value(report.sources, report.findings)},
                    {"allowed", allowed_value(report)}};
}

Value sarif_of(LintReport report) {
  ui::SarifRun run{.version = DEPLOYCTL_VERSION,
                   .sources = std::move(report.sources),
                   .findings = std::move(report.findings),
                   .suppressed = {}};
  for (policy::lint::Waived& each : report.waived)
    run.suppressed.push_back(
        {.finding = std::move(each.finding), .why = each.why, .in_source = !each.by_policy});
  return ui::sarif_value(run);
}

} // namespace

Result<ExitCode> run_lint(Invocation& invocation) {
  const Options& options = invocation.options;
  const std::filesystem::path here = std::filesystem::current_path();
  DEPLOYCTL_TRY(LintReport report, lint_report({.here = here.string(),
                                                .pipeline = (here / options.file).lexically_normal().string(),
                                                .paths = invocation.line.arguments}));
  const std::size_t errors = count_errors(report.findings);
  const std::string format = invocation.line.value("format").value_or("text");
  Console& console = invocation.console;
  if (format == "sarif") {
    const Value sarif = sarif_of(std::move(report));
    console.answer(to_pretty_json(sarif, JsonMode::plain), Value::Map{{"sarif", sarif}});
  } else if (format == "json") {
    const Value document = document_of(report);
    console.answer(to_pretty_json(document, JsonMode::plain), document);
  } else {
    if (console.is_text()) console.report(report.sources, report.findings);
    console.answer(summary(report, errors), document_of(report));
  }
  return errors == 0 ? ExitCode::done : ExitCode::usage;
}

} // namespace deployctl::cli
