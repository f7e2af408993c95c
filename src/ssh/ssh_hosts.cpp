#include "ssh/ssh_hosts.hpp"

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/strings.hpp"
#include "ssh/leash.hpp"
#include "ssh/remote_transfer.hpp"

namespace deployctl::ssh {
namespace {

// One step of a stack does one thing at a time on a host: when it is done again, what a lost connection left
// running of it must not go on beside it. Who holds no lock may well do things side by side.
std::string claim_of(const Fence& fence, const Host& host, const HostCommand& command) {
  const auto step = command.environment.find("DEPLOYCTL_STEP");
  if (step == command.environment.end() || !step->second.plain()) return {};
  return sha256_hex(join({fence.name, host.name, command.operation, *step->second.plain()}, "\n"))
      .substr(0, 32);
}

} // namespace

Result<HostResult> SshHosts::run(const Host& host, const HostCommand& command, std::stop_token stop) {
  const std::optional<Fence> fence = fence_ ? fence_() : std::nullopt;
  const LeashRequest request{.what = fmt::format("'{}' on '{}'", command.operation, host.name),
                             .script = {.script = command.script,
                                        .arguments = command.arguments,
                                        .environment = command.environment,
                                        .fence = fence ? &*fence : nullptr,
                                        .claim = fence ? claim_of(*fence, host, command) : ""},
                             .input = command.input,
                             .timeout = command.timeout,
                             .capture_limit = command.capture_limit,
                             .output = command.output};
  DEPLOYCTL_TRY(const std::shared_ptr<RemoteShell> shell, shells_.shell(host, stop));
  return run_leashed(*shell, clock_, random_, request, std::move(stop));
}

Status SshHosts::transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) {
  DEPLOYCTL_TRY(const std::shared_ptr<RemoteShell> shell, shells_.shell(host, stop));
  const std::optional<Fence> fence = fence_ ? fence_() : std::nullopt;
  return send_files({*shell, clock_, random_, host.name, fence ? &*fence : nullptr}, transfer, stop);
}

} // namespace deployctl::ssh
