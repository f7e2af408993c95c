// The port Hosts for other machines: every command leashed, every transfer by content. This machine is
// os/local_host.hpp; who reaches a host, and how, is behind RemoteShells.
#pragma once

#include <functional>
#include <memory>
#include <optional>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>

#include "ssh/leash_text.hpp"
#include "ssh/remote_shell.hpp"

namespace deployctl::ssh {

class RemoteShells {
public:
  RemoteShells() = default;
  RemoteShells(const RemoteShells&) = delete;
  RemoteShells& operator=(const RemoteShells&) = delete;
  virtual ~RemoteShells() = default;

  // Connected when it is first used. Thread-safe.
  virtual Result<std::shared_ptr<RemoteShell>> shell(const Host& host, std::stop_token stop) = 0;
};

// Asked before every command: the run that holds the stack, if one does.
using CurrentFence = std::function<std::optional<Fence>()>;

class SshHosts final : public Hosts {
public:
  SshHosts(const Clock& clock, Random& random, RemoteShells& shells, CurrentFence fence = {})
      : clock_(clock), random_(random), shells_(shells), fence_(std::move(fence)) {}

  // Commands get what a login without a terminal has: they start in the home directory.
  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;

private:
  const Clock& clock_;
  Random& random_;
  RemoteShells& shells_;
  CurrentFence fence_;
};

} // namespace deployctl::ssh
