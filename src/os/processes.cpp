#include "os/processes.hpp"

#include "os/child.hpp"

namespace deployctl::os {

LocalProcesses::LocalProcesses(const Clock& clock, std::string directory, Environment environment)
    : clock_(clock), directory_(std::move(directory)), environment_(std::move(environment)) {}

Result<ProcessResult> LocalProcesses::run(const ProcessRequest& request, std::stop_token stop) {
  if (request.argv.empty()) return fail(Cause::internal, "a process without argv");
  ChildEnvironment environment;
  for (const std::string& name : request.inherit)
    if (const auto found = environment_.find(name); found != environment_.end())
      DEPLOYCTL_CHECK(environment.set(name, found->second));
  for (const auto& [name, value] : request.environment) DEPLOYCTL_CHECK(environment.set(name, value));
  const bool absolute = request.directory.starts_with('/');
  DEPLOYCTL_TRY(ChildResult result,
                run_child(clock_,
                          {.argv = request.argv,
                           .environment = environment,
                           .directory = absolute ? request.directory : directory_ + "/" + request.directory,
                           .input = request.input,
                           .timeout = request.timeout,
                           .grace = request.grace,
                           .capture_limit = request.capture_limit,
                           .output = request.output},
                          std::move(stop)));
  return ProcessResult{.exit_code = result.exit_code,
                       .timed_out = result.timed_out,
                       .cancelled = result.cancelled,
                       .out = std::move(result.out),
                       .err = std::move(result.err)};
}

} // namespace deployctl::os
