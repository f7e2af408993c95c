#include <filesystem>

#include "cli/commands/run.hpp"
#include "cli/invocation.hpp"
#include "cli/templates.hpp"
#include "config/schema.hpp"
#include "os/files.hpp"
#include "providers/builtin.hpp"
#include "state/local_state.hpp"

namespace deployctl::cli {
namespace {

// Beside the state, which ignores itself in git: the editor's schema fits the version that wrote it.
Status write_schema(Invocation& invocation, const std::string& directory) {
  DEPLOYCTL_TRY(const state::LocalState state, state::LocalState::open(directory, invocation.random));
  return os::atomic_write(state.directory() + "/pipeline.schema.json",
                          config::schema_text(providers::builtin_catalog()));
}

} // namespace

Result<ExitCode> run_init(Invocation& invocation) {
  const std::filesystem::path path = std::filesystem::absolute(invocation.options.file);
  const std::string directory = path.parent_path().string();
  const std::string name = invocation.line.value("template").value_or(std::string(default_template));
  if (std::filesystem::exists(path))
    return fail(Cause::config, "'" + invocation.options.file + "' exists already",
                "remove it first, or name another with -f");
  DEPLOYCTL_CHECK(os::atomic_write(path.string(), template_text(name, directory)));
  DEPLOYCTL_CHECK(write_schema(invocation, directory));
  invocation.console.answer("Wrote " + invocation.options.file + " from the template " + name +
                                ".\nNext: edit it, then 'deployctl validate' and 'deployctl plan " +
                                std::string(template_environment(name)) + "'.\n",
                            Value::Map{{"file", invocation.options.file}, {"template", name}});
  return ExitCode::done;
}

} // namespace deployctl::cli
