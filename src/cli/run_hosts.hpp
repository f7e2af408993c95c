// The port Hosts of a run: this machine directly, every other host over SSH. What SSH needs is made when the
// first other host is used, so a pipeline without one starts no ssh.
#pragma once

#include <memory>
#include <mutex>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>

#include "os/environment.hpp"
#include "os/local_host.hpp"
#include "ssh/connections.hpp"
#include "ssh/ssh_hosts.hpp"

namespace deployctl::cli {

class RunHosts final : public Hosts {
public:
  RunHosts(const Clock& clock, Random& random, os::Environment environment, ssh::Client client,
           ssh::CurrentFence fence);

  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;

private:
  Result<Hosts*> reaching(const Host& host);

  const Clock& clock_;
  Random& random_;
  os::Environment environment_;
  ssh::Client client_;
  ssh::CurrentFence fence_;
  os::LocalHosts local_;
  std::mutex mutex_;
  std::unique_ptr<ssh::Connections> connections_; // outlives what uses it
  std::unique_ptr<ssh::SshHosts> remote_;
};

} // namespace deployctl::cli
