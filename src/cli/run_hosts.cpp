#include "cli/run_hosts.hpp"

namespace deployctl::cli {

RunHosts::RunHosts(const Clock& clock, Random& random, os::Environment environment, ssh::Client client,
                   ssh::CurrentFence fence)
    : clock_(clock), random_(random), environment_(std::move(environment)), client_(std::move(client)),
      fence_(std::move(fence)), local_(clock, environment_) {}

Result<Hosts*> RunHosts::reaching(const Host& host) {
  if (host.is_local()) return &local_;
  const std::lock_guard lock(mutex_);
  if (!remote_) {
    DEPLOYCTL_TRY(connections_, ssh::Connections::create(clock_, random_, environment_, client_));
    remote_ = std::make_unique<ssh::SshHosts>(clock_, random_, *connections_, fence_);
  }
  return remote_.get();
}

Result<HostResult> RunHosts::run(const Host& host, const HostCommand& command, std::stop_token stop) {
  DEPLOYCTL_TRY(Hosts * hosts, reaching(host));
  return hosts->run(host, command, std::move(stop));
}

Status RunHosts::transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) {
  DEPLOYCTL_TRY(Hosts * hosts, reaching(host));
  return hosts->transfer(host, transfer, std::move(stop));
}

} // namespace deployctl::cli
