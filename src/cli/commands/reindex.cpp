#include <filesystem>
#include <optional>

#include "cli/commands/run.hpp"
#include "cli/records.hpp"
#include "engine/reindex.hpp"
#include "os/files.hpp"
#include "state/lock.hpp"

namespace deployctl::cli {
namespace {

// A run that is at work writes to the history that is about to be replaced.
Result<std::optional<state::Held>> anyone_at_work(const state::LocalState& state) {
  DEPLOYCTL_TRY(const std::vector<state::StackState> stacks, state.stacks());
  for (const state::StackState& stack : stacks) {
    DEPLOYCTL_TRY(const state::VersionedCell cell, stack.cell().read());
    if (!cell.cell.holder || cell.cell.holder->kind == state::HolderKind::manual) continue;
    const os::Life life = os::life_of(cell.cell.holder->process);
    if (life != os::Life::dead) return std::optional(state::Held{*cell.cell.holder, life});
  }
  return std::optional<state::Held>();
}

// The new file takes the old one's place whole; what the old one had not yet moved into itself goes with it.
Status replace(const std::string& fresh, const std::string& path) {
  std::error_code error;
  for (const char* part : {"-wal", "-shm"}) std::filesystem::remove(path + part, error);
  std::filesystem::rename(fresh, path, error);
  if (error) return fail(os::system_error("cannot replace", path, error.value()));
  return os::sync_directory(std::filesystem::path(path).parent_path().string());
}

std::string text_of(const engine::Reindexed& done) {
  std::string text = "The history holds " + std::to_string(done.runs) + " runs and " +
                     std::to_string(done.releases) + " releases.\n";
  for (const std::string& problem : done.problems) text += "  not whole: " + problem + "\n";
  return text;
}

} // namespace

Result<ExitCode> run_reindex(Invocation& invocation) {
  DEPLOYCTL_TRY(const Project project, open_project(invocation));
  DEPLOYCTL_TRY(const state::LocalState state, state::LocalState::find(project.directory, invocation.random));
  DEPLOYCTL_TRY(const std::optional<state::Held> held, anyone_at_work(state));
  if (held) {
    invocation.console.report(state::held_error(project.name(), *held));
    return ExitCode::lock_held;
  }
  const std::string fresh = state.history_path() + ".new";
  std::error_code ignored; // a file that cannot be removed cannot be opened as new either
  std::filesystem::remove(fresh, ignored);
  engine::Reindexed done;
  {
    DEPLOYCTL_TRY(state::History history, state::History::open(fresh));
    DEPLOYCTL_TRY(done, engine::reindex(state, history));
  }
  DEPLOYCTL_CHECK(replace(fresh, state.history_path()));
  Value::List problems(done.problems.begin(), done.problems.end());
  invocation.console.answer(
      text_of(done),
      Value::Map{{"runs", done.runs}, {"releases", done.releases}, {"problems", std::move(problems)}});
  return ExitCode::done;
}

} // namespace deployctl::cli
