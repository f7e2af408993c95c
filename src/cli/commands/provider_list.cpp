#include <array>

#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"
#include "ui/table.hpp"

namespace deployctl::cli {
namespace {

constexpr std::array<std::string_view, 6> kind_names = {"resource", "task", "artifact",
                                                        "data",     "gate", "notice"};

} // namespace

Result<ExitCode> run_provider_list(Invocation& invocation) {
  ui::Table table({"ACTION", "KIND", "WHAT IT DOES"});
  Value::List actions;
  for (const Provider& provider : invocation.machine.catalog({})) {
    const Description& description = provider.description;
    const std::string kind(kind_names.at(static_cast<std::size_t>(description.kind)));
    table.add({description.name, kind, description.summary});
    actions.push_back(
        Value::Map{{"name", description.name}, {"kind", kind}, {"summary", description.summary}});
  }
  invocation.console.answer(table.text(invocation.console.out_style()),
                            Value::Map{{"actions", std::move(actions)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
