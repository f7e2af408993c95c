#include "cli/checkup.hpp"

#include <filesystem>

#include "base/time.hpp"
#include "os/processes.hpp"

namespace deployctl::cli {
namespace {

constexpr Milliseconds program_time{10'000};
constexpr std::uintmax_t least_room = std::uintmax_t{64} << 20; // a journal and a release's files
constexpr double bytes_of_gib = 1024.0 * 1024.0 * 1024.0;

// The first line that a program says of itself.
Finding check_program(const Invocation& invocation, const Project& project,
                      const std::vector<std::string>& argv) {
  os::LocalProcesses processes(invocation.clock, project.directory, invocation.environment);
  const auto ran = processes.run({.operation = "version",
                                  .argv = argv,
                                  .environment = {},
                                  .inherit = {"PATH", "HOME"},
                                  .timeout = program_time},
                                 {});
  if (!ran) {
    Error error = ran.error();
    error.help = "install it, or put it on the PATH";
    return bad("program", argv.front(), std::move(error));
  }
  const std::string said = ran->out.empty() ? ran->err : ran->out; // ssh speaks on standard error
  return {.area = "program", .subject = argv.front(), .detail = said.substr(0, said.find('\n'))};
}

Finding check_repository(const Invocation& invocation, const Project& project) {
  const Result<Surroundings> around = survey(invocation, project.directory, {}, nullptr);
  if (!around) return bad("git", project.directory, around.error());
  if (!around->repository || !around->facts.git)
    return {.area = "git",
            .subject = project.directory,
            .health = Health::warning,
            .detail = "no repository with a commit: releases have no commit, and no tag to go back to"};
  const config::GitFacts& git = *around->facts.git;
  std::string detail = "commit " + git.sha.substr(0, 12);
  if (!git.branch.empty()) detail += " on " + git.branch;
  return {.area = "git", .subject = project.directory, .detail = detail};
}

Finding check_room(const std::string& folder) {
  std::error_code error;
  const std::filesystem::space_info room = std::filesystem::space(folder, error);
  if (error)
    return bad(
        "disk", folder,
        {.cause = Cause::capacity, .message = "how full the disk is cannot be told: " + error.message()});
  if (room.available < least_room)
    return bad("disk", folder,
               {.cause = Cause::capacity,
                .message = "only " + std::to_string(room.available >> 20) +
                           " MiB are free, and a run needs " + std::to_string(least_room >> 20),
                .help = "make room: without a journal nothing is started"});
  std::string gib = std::to_string(static_cast<double>(room.available) / bytes_of_gib);
  return {.area = "disk", .subject = folder, .detail = gib.substr(0, gib.find('.') + 2) + " GiB free"};
}

void check_records(const Invocation& invocation, const Project& project, std::vector<Finding>& findings) {
  const Result<state::LocalState> state = state::LocalState::find(project.directory, invocation.random);
  if (!state && state.error().cause == Cause::not_found) {
    findings.push_back(
        {.area = "state", .subject = project.directory, .detail = "nothing was recorded here yet"});
    findings.push_back(check_room(project.directory));
    return;
  }
  if (!state) {
    findings.push_back(bad("state", project.directory, state.error()));
    return;
  }
  for (const std::string& warning : state->warnings())
    findings.push_back(
        {.area = "state", .subject = state->directory(), .health = Health::warning, .detail = warning});
  const Result<std::vector<std::string>> runs = state->journals();
  if (runs)
    findings.push_back(
        {.area = "state",
         .subject = state->directory(),
         .detail = std::to_string(runs->size()) + (runs->size() == 1 ? " run" : " runs") + " recorded"});
  else
    findings.push_back(bad("state", state->directory(), runs.error()));
  findings.push_back(check_room(state->directory()));
}

} // namespace

Finding bad(std::string area, std::string subject, Error error) {
  std::string detail = error.message;
  return {.area = std::move(area),
          .subject = std::move(subject),
          .health = Health::bad,
          .detail = std::move(detail),
          .error = std::move(error)};
}

std::vector<Finding> check_machine(const Invocation& invocation, const Project& project) {
  std::vector<Finding> findings = {check_program(invocation, project, {"git", "--version"}),
                                   check_program(invocation, project, {"ssh", "-V"}),
                                   check_repository(invocation, project)};
  check_records(invocation, project, findings);
  return findings;
}

ExitCode exit_code_of(const std::vector<Finding>& findings) {
  ExitCode code = ExitCode::done;
  for (const Finding& finding : findings) {
    if (!finding.error) continue;
    if (exit_code_of(finding.error->cause) != ExitCode::denied) return ExitCode::failed;
    code = ExitCode::denied;
  }
  return code;
}

} // namespace deployctl::cli
