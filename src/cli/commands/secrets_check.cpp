#include <csignal>

#include "cli/commands/run.hpp"
#include "cli/wiring.hpp"
#include "secrets/resolver.hpp"
#include "ui/error_text.hpp"
#include "ui/table.hpp"

namespace deployctl::cli {
namespace {

Value value_of(const secrets::Checked& checked) {
  Value value = Value::Map{
      {"name", checked.name}, {"reference", checked.reference}, {"resolves", checked.version.has_value()}};
  if (checked.version)
    value["version"] = *checked.version;
  else
    value["error"] = ui::error_value(checked.version.error());
  return value;
}

// Denied when nothing else is wrong: then it is access that is missing.
ExitCode code_of(const std::vector<secrets::Checked>& all) {
  ExitCode code = ExitCode::done;
  for (const secrets::Checked& checked : all) {
    if (checked.version) continue;
    if (exit_code_of(checked.version.error().cause) != ExitCode::denied) return ExitCode::failed;
    code = ExitCode::denied;
  }
  return code;
}

std::string resolves(const secrets::Checked& checked) {
  if (!checked.version) return "no";
  return *checked.version == secrets::leased_version ? "yes, leased" : "yes";
}

std::string text_of(const std::vector<secrets::Checked>& all, const std::string& stack,
                    const ui::Style& style) {
  if (all.empty()) return "No step of " + stack + " uses a secret.\n";
  ui::Table table({"SECRET", "RESOLVES", "REFERENCE"});
  for (const secrets::Checked& checked : all) table.add({checked.name, resolves(checked), checked.reference});
  return table.text(style);
}

} // namespace

Result<ExitCode> run_secrets_check(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const std::unique_ptr<Wiring> wiring,
                Wiring::open(invocation, project, invocation.line.argument(0)));
  engine::Environment& engine = wiring->engine();
  const std::vector<secrets::Checked> all = engine.resolver.check(engine.interrupts.wind_down);
  Value::List values;
  std::string mistakes;
  for (const secrets::Checked& checked : all) {
    values.push_back(value_of(checked));
    if (!checked.version) mistakes += ui::error_text(checked.version.error(), invocation.console.err_style());
  }
  const std::string stack = wiring->pipeline().stack();
  invocation.console.answer(text_of(all, stack, invocation.console.out_style()),
                            Value::Map{{"stack", stack}, {"secrets", std::move(values)}});
  if (!mistakes.empty()) invocation.console.answer_failure(mistakes, Value::Map{});
  if (engine.interrupts.wind_down.stop_requested())
    return engine.interrupts.signal() == SIGTERM ? ExitCode::terminated : ExitCode::interrupted;
  return code_of(all);
}

} // namespace deployctl::cli
