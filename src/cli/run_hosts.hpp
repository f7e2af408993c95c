// The port Hosts of a run: this machine directly, every other host over SSH. What SSH needs is made when the
// first other host is used, so a pipeline without one starts no ssh.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/ports/clock.hpp>
#include <deployctl/ports/hosts.hpp>

#include "config/pipeline.hpp"
#include "os/environment.hpp"
#include "os/local_host.hpp"
#include "providers/surroundings.hpp"
#include "ssh/connections.hpp"
#include "ssh/ssh_hosts.hpp"

namespace deployctl::cli {

class RunHosts final : public Hosts {
public:
  RunHosts(const Clock& clock, Random& random, os::Environment environment, ssh::Client client,
           ssh::CurrentFence fence);

  Result<HostResult> run(const Host& host, const HostCommand& command, std::stop_token stop) override;
  Status transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) override;
  // What providers::HostWay says, of hosts other than this machine.
  Result<std::string> way_to(const Host& host, const providers::Listener& listener,
                             const std::stop_token& stop);

private:
  Result<Hosts*> reaching(const Host& host);
  Result<ssh::Connections*> connections();

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

// Over hosts that may not be there yet when the ways are handed out; they outlive each use.
providers::HostWay ways_over(std::optional<RunHosts>& hosts);

// What ssh and its proxy commands inherit: a secret that came as a variable is not theirs.
os::Environment without_secrets(os::Environment environment,
                                const std::vector<config::SecretDeclaration>& secrets);

} // namespace deployctl::cli
