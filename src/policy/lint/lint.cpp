#include "policy/lint/lint.hpp"

#include <optional>
#include <utility>

#include "policy/lint/compose_rules.hpp"
#include "policy/lint/dockerfile_rules.hpp"
#include "policy/lint/findings.hpp"
#include "policy/lint/levels.hpp"
#include "policy/lint/pipeline_rules.hpp"
#include "policy/lint/production_rules.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::string_view take_it_back =
    "take it back where it was given out, then keep the new one in a store and refer to it under 'secrets'";

void add_secrets(const std::vector<FoundSecret>& secrets, Findings& findings) {
  for (const FoundSecret& secret : secrets) {
    Diagnostic& finding = findings.add(secret.rule, {secret.begin, secret.end},
                                       secret.what + " stands in the file", std::string(take_it_back));
    finding.severity = secret.severity;
    finding.notes.push_back({"found as '" + std::string(secret.kind) + "'", std::nullopt});
  }
}

void add_rules_of_kind(const LintFile& file, const LintInput& input, Findings& findings) {
  if (file.kind == FileKind::dockerfile) {
    const auto context = input.contexts.find(file.path);
    check_dockerfile(file.text, context == input.contexts.end() ? nullptr : &context->second, findings);
  }
  if (file.kind == FileKind::compose) check_compose(file.text, is_for_production(file.path), findings);
  if (file.kind == FileKind::pipeline && input.pipeline) check_pipeline(*input.pipeline, findings);
  if (file.kind == FileKind::dotenv && is_for_production(file.path))
    check_production_dotenv(file.text, findings);
}

} // namespace

Result<Linter> Linter::compile() {
  DEPLOYCTL_TRY(SecretScanner secrets, SecretScanner::compile());
  return Linter(std::move(secrets));
}

LintReport Linter::lint(const LintInput& input) {
  LintReport report;
  Settled all;
  for (const LintFile& file : input.files) {
    const auto source = static_cast<std::uint32_t>(report.sources.size());
    const std::vector<FoundSecret> secrets = secrets_.scan(file.text);
    Findings findings(source);
    add_secrets(secrets, findings);
    add_rules_of_kind(file, input, findings);
    report.sources.push_back({.name = file.path, .text = struck_out(file.text, secrets)});
    Settled settled = settle(file.text, source, findings.take());
    for (Diagnostic& each : settled.findings) all.findings.push_back(std::move(each));
    for (Waived& each : settled.waived) all.waived.push_back(std::move(each));
  }
  if (input.pipeline) Levels::of(*input.pipeline, input.environment).apply(report.sources, all);
  report.findings = std::move(all.findings);
  report.waived = std::move(all.waived);
  return report;
}

} // namespace deployctl::policy::lint
