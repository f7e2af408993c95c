#include "ssh/ssh_hosts.hpp"

#include <fmt/core.h>

#include "ssh/leash.hpp"
#include "ssh/remote_transfer.hpp"

namespace deployctl::ssh {

Result<HostResult> SshHosts::run(const Host& host, const HostCommand& command, std::stop_token stop) {
  const std::optional<Fence> fence = fence_ ? fence_() : std::nullopt;
  const LeashRequest request{.what = fmt::format("'{}' on '{}'", command.operation, host.name),
                             .script = {.script = command.script,
                                        .arguments = command.arguments,
                                        .environment = command.environment,
                                        .fence = fence ? &*fence : nullptr},
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
