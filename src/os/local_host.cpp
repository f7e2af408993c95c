#include "os/local_host.hpp"

#include <array>

#include <fmt/core.h>

#include "os/child.hpp"
#include "os/local_transfer.hpp"

namespace deployctl::os {
namespace {

constexpr std::array<std::string_view, 10> passed_on = {
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR"};

Status require_local(const Host& host) {
  if (host.is_local()) return {};
  return fail(Cause::internal, fmt::format("the host '{}' is not this machine", host.name));
}

} // namespace

LocalHosts::LocalHosts(const Clock& clock, Environment environment)
    : clock_(clock), environment_(std::move(environment)) {}

Result<HostResult> LocalHosts::run(const Host& host, const HostCommand& command, std::stop_token stop) {
  DEPLOYCTL_CHECK(require_local(host));
  ChildEnvironment environment;
  for (const std::string_view name : passed_on)
    if (const auto found = environment_.find(std::string(name)); found != environment_.end())
      DEPLOYCTL_CHECK(environment.set(found->first, found->second));
  for (const auto& [name, value] : command.environment) DEPLOYCTL_CHECK(environment.set(name, value));
  const auto home = environment_.find("HOME");
  // The text holds no secrets (ports/hosts.hpp), so it may stand on argv; what varies comes behind it as
  // "$1", "$2".
  std::vector<std::string> argv = {"/bin/sh", "-c", command.script, "sh"};
  argv.insert(argv.end(), command.arguments.begin(), command.arguments.end());
  DEPLOYCTL_TRY(ChildResult result, run_child(clock_,
                                              {.argv = std::move(argv),
                                               .environment = environment,
                                               .directory = home == environment_.end() ? "/" : home->second,
                                               .input = command.input,
                                               .timeout = command.timeout,
                                               .grace = Milliseconds(5'000),
                                               .capture_limit = command.capture_limit,
                                               .output = command.output},
                                              std::move(stop)));
  return HostResult{.exit_code = result.exit_code,
                    .timed_out = result.timed_out,
                    .cancelled = result.cancelled,
                    .out = std::move(result.out),
                    .err = std::move(result.err)};
}

Status LocalHosts::transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) {
  DEPLOYCTL_CHECK(require_local(host));
  return write_files(clock_, transfer, stop);
}

} // namespace deployctl::os
