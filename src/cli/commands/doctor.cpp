#include <algorithm>
#include <array>

#include "cli/checkup.hpp"
#include "cli/commands/telling.hpp"
#include "ui/error_text.hpp"
#include "ui/table.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<std::string_view, 3> health_words = {"ok", "warning", "FAILED"};

std::string_view word_of(Health health) {
  return health_words.at(static_cast<std::size_t>(health));
}

std::vector<Finding> check_one(Invocation& invocation, const Project& project,
                               const std::string& environment) {
  const Result<std::unique_ptr<Wiring>> wiring = Wiring::open(invocation, project, environment);
  if (!wiring) return {bad("pipeline", environment, wiring.error())};
  const std::size_t steps = (*wiring)->pipeline().steps.size();
  std::vector<Finding> findings = {
      {.area = "pipeline",
       .subject = environment,
       .detail = std::to_string(steps) + (steps == 1 ? " step" : " steps") + ", no mistakes"}};
  for (Finding& finding : check_environment_reach(invocation, **wiring))
    findings.push_back(std::move(finding));
  return findings;
}

Value value_of(const Finding& finding) {
  Value value = Value::Map{{"area", finding.area},
                           {"subject", finding.subject},
                           {"health", word_of(finding.health)},
                           {"detail", finding.detail}};
  if (finding.error) value["error"] = ui::error_value(*finding.error);
  return value;
}

// The same thing that several environments reach is told once.
void add_new(std::vector<Finding>& all, std::vector<Finding> more) {
  for (Finding& finding : more) {
    const bool known = std::any_of(all.begin(), all.end(), [&](const Finding& each) {
      return each.area == finding.area && each.subject == finding.subject && each.detail == finding.detail;
    });
    if (!known) all.push_back(std::move(finding));
  }
}

} // namespace

Result<ExitCode> run_doctor(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  std::vector<std::string> environments = project.environments();
  if (const std::string name = invocation.line.argument(0); !name.empty()) {
    DEPLOYCTL_CHECK(check_environment(project, name));
    environments = {name};
  }
  std::vector<Finding> findings = check_machine(invocation, project);
  for (const std::string& environment : environments)
    add_new(findings, check_one(invocation, project, environment));

  ui::Table table({"", "WHAT", "WHICH", "FOUND"});
  Value::List values;
  std::string mistakes;
  for (const Finding& finding : findings) {
    table.add({std::string(word_of(finding.health)), finding.area, finding.subject, finding.detail});
    values.push_back(value_of(finding));
    if (finding.error) mistakes += ui::error_text(*finding.error, invocation.console.err_style());
  }
  invocation.console.answer(table.text(invocation.console.out_style()),
                            Value::Map{{"findings", std::move(values)}});
  if (!mistakes.empty()) invocation.console.answer_failure("\n" + mistakes, Value::Map{});
  return exit_code_of(findings);
}

} // namespace deployctl::cli
