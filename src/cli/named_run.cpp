#include "cli/named_run.hpp"

#include <algorithm>

#include "base/strings.hpp"
#include "state/journal.hpp"

namespace deployctl::cli {
namespace {

Error no_such_run(const std::string& run) {
  return {.cause = Cause::config,
          .message = "there is no run '" + run + "' of this pipeline",
          .help = "'deployctl history ENV' lists the runs"};
}

// One that is not pending tells by its journal what it was of.
Result<NamedRun> run_on_disk(const Records& records, const Project& project, const std::string& run) {
  const auto journal = state::salvage_journal(records.state.journal_path(run));
  if (!journal) return fail(no_such_run(run));
  const std::string& stack = journal->header.stack;
  const std::string own = project.name() + "/";
  if (!stack.starts_with(own)) return fail(no_such_run(run));
  return NamedRun{.run = run, .environment = stack.substr(own.size())};
}

} // namespace

Result<std::vector<NamedRun>> pending_runs(const Records& records, const Project& project) {
  std::vector<NamedRun> found;
  for (const std::string& environment : project.environments()) {
    DEPLOYCTL_TRY(const state::Cell cell, cell_of(records, project.stack(environment)));
    if (!cell.pending_run.empty()) found.push_back({.run = cell.pending_run, .environment = environment});
  }
  return found;
}

Result<std::optional<NamedRun>> named_run(Invocation& invocation, const Project& project) {
  const std::string wanted = invocation.line.argument(0);
  DEPLOYCTL_TRY(const std::optional<Records> records, find_records(invocation, project));
  if (!records && wanted.empty()) return std::optional<NamedRun>();
  if (!records) return fail(no_such_run(wanted));
  DEPLOYCTL_TRY(std::vector<NamedRun> pending, pending_runs(*records, project));
  const auto environment = invocation.line.value("env");
  if (environment) {
    DEPLOYCTL_CHECK(check_environment(project, *environment));
    std::erase_if(pending, [&](const NamedRun& each) { return each.environment != *environment; });
  }
  if (!wanted.empty()) {
    const auto found = std::find_if(pending.begin(), pending.end(),
                                    [&](const NamedRun& each) { return each.run == wanted; });
    if (found != pending.end()) return std::optional(*found);
    DEPLOYCTL_TRY(NamedRun over, run_on_disk(*records, project, wanted));
    return std::optional(std::move(over));
  }
  if (pending.empty()) return std::optional<NamedRun>();
  if (pending.size() == 1) return std::optional(pending.front());
  std::vector<std::string> names;
  names.reserve(pending.size());
  for (const NamedRun& each : pending) names.push_back(each.run + " (" + each.environment + ")");
  return fail(Cause::config, "more than one run is pending: " + join(names, ", "), "name one of them");
}

} // namespace deployctl::cli
