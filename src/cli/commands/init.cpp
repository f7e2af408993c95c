#include <charconv>
#include <filesystem>

#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"
#include "cli/templates.hpp"
#include "config/schema.hpp"
#include "os/files.hpp"
#include "os/terminal.hpp"
#include "providers/builtin.hpp"
#include "state/local_state.hpp"

namespace deployctl::cli {
namespace {

constexpr std::string_view letters_of_hosts =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_@:, ";

// Beside the state, which ignores itself in git: the editor's schema fits the version that wrote it.
Status write_schema(Invocation& invocation, const std::string& directory) {
  DEPLOYCTL_TRY(const state::LocalState state, state::LocalState::open(directory, invocation.random));
  return os::atomic_write(state.directory() + "/pipeline.schema.json",
                          config::schema_text(providers::builtin_catalog()));
}

// An empty line takes what is proposed. Error (cancelled) at the end of the input: nothing is guessed then.
Result<std::string> ask(Invocation& invocation, const std::string& question, const std::string& proposed) {
  invocation.console.note(question + " [" + proposed + "]: ");
  DEPLOYCTL_TRY(const std::optional<std::string> line, os::read_typed_line(""));
  if (!line) return fail(Cause::config, "the input ended before the questions did", "nothing was written");
  return line->empty() ? proposed : *line;
}

// A number or a name; asked again until it is one of them.
Result<std::string> ask_template(Invocation& invocation, std::string_view proposed) {
  const std::span<const PipelineTemplate> all = pipeline_templates();
  std::string list = "What is deployed?\n";
  for (std::size_t i = 0; i < all.size(); ++i)
    list += "  " + std::to_string(i + 1) + "  " + std::string(all[i].name) + ": " +
            std::string(all[i].summary) + "\n";
  invocation.console.note(list);
  while (true) {
    DEPLOYCTL_TRY(const std::string answer, ask(invocation, "Its number or name", std::string(proposed)));
    std::size_t number = 0;
    std::from_chars(answer.data(), answer.data() + answer.size(), number);
    for (std::size_t i = 0; i < all.size(); ++i)
      if (answer == all[i].name || number == i + 1) return std::string(all[i].name);
    invocation.console.note("There is no '" + answer + "' in the list.\n");
  }
}

// Only what can stand in the list as it is: the validator judges the rest.
Result<std::string> ask_hosts(Invocation& invocation, const std::string& proposed) {
  while (true) {
    DEPLOYCTL_TRY(std::string answer,
                  ask(invocation, "On which servers, as user@server with commas between them", proposed));
    if (answer.find_first_not_of(letters_of_hosts) == std::string::npos) return answer;
    invocation.console.note("Servers are names or addresses: '" + answer + "' holds something else.\n");
  }
}

Status ask_questions(Invocation& invocation, StartingPoint& found, std::string& name) {
  DEPLOYCTL_TRY(const std::string project, ask(invocation, "The project's name", found.project));
  found.project = project_name(project);
  DEPLOYCTL_TRY(name, ask_template(invocation, name));
  if (!find_template(name).has_hosts) return {};
  DEPLOYCTL_TRY(found.hosts, ask_hosts(invocation, found.hosts));
  return {};
}

bool may_ask(const Invocation& invocation) {
  return invocation.terminal.may_ask && !invocation.options.no_input && !invocation.options.quiet &&
         invocation.console.is_text() && !invocation.line.has("template");
}

} // namespace

Result<ExitCode> run_init(Invocation& invocation) {
  const std::filesystem::path path = std::filesystem::absolute(invocation.options.file);
  const std::string directory = path.parent_path().string();
  if (std::filesystem::exists(path))
    return fail(Cause::config, "'" + invocation.options.file + "' exists already",
                "remove it first, or name another with -f");
  StartingPoint found = look_around(invocation, directory);
  std::string name = invocation.line.value("template").value_or(std::string(fitting_template(found)));
  if (may_ask(invocation)) DEPLOYCTL_CHECK(ask_questions(invocation, found, name));
  DEPLOYCTL_CHECK(os::atomic_write(path.string(), template_text(name, found)));
  DEPLOYCTL_CHECK(write_schema(invocation, directory));
  invocation.console.answer("Wrote " + invocation.options.file + " from the template " + name +
                                ".\nNext: edit it, then 'deployctl validate' and 'deployctl plan " +
                                std::string(find_template(name).environment) + "'.\n",
                            Value::Map{{"file", invocation.options.file}, {"template", name}});
  return ExitCode::done;
}

} // namespace deployctl::cli
