#include "cli/records.hpp"

#include <filesystem>

#include "base/strings.hpp"
#include "state/similar_releases.hpp"

namespace deployctl::cli {

Result<std::optional<Records>> find_records(Invocation& invocation, const Project& project) {
  Result<state::LocalState> state = state::LocalState::find(project.directory, invocation.random);
  if (!state && state.error().cause == Cause::not_found) return std::optional<Records>();
  if (!state) return fail(std::move(state).error());
  if (!std::filesystem::exists(state->history_path())) return std::optional<Records>();
  DEPLOYCTL_TRY(state::History history, state::History::open(state->history_path()));
  return std::optional<Records>(Records{*std::move(state), std::move(history)});
}

Result<state::Cell> cell_of(const Records& records, const std::string& stack) {
  DEPLOYCTL_TRY(const state::StackState opened, records.state.stack(stack));
  DEPLOYCTL_TRY(const state::VersionedCell cell, opened.cell().read());
  return cell.cell;
}

Result<std::optional<state::Release>> live_release(const Records& records, const std::string& stack) {
  DEPLOYCTL_TRY(const state::Cell cell, cell_of(records, stack));
  if (cell.current_release.empty()) return std::optional<state::Release>();
  return records.history.release(cell.current_release);
}

Result<state::Release> named_release(const Records& records, const std::string& stack,
                                     const std::string& selector) {
  DEPLOYCTL_TRY(std::optional<state::Release> release, records.history.find(stack, selector));
  if (release) return *std::move(release);
  const std::vector<std::string> similar = state::similar_releases(records.history, stack, selector);
  return fail(Cause::not_found, "'" + stack + "' has no release '" + selector + "'",
              similar.empty() ? "'deployctl history' lists them"
                              : "similar names exist: '" + join(similar, "', '") + "'");
}

std::string release_title(const state::Release& release) {
  const std::string number = "release " + std::to_string(release.number);
  return release.version.empty() ? number : number + ", version " + release.version;
}

} // namespace deployctl::cli
