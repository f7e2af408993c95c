#include "cli/run_hosts.hpp"

#include <cstdint>

#include "base/secret_reference.hpp"

namespace deployctl::cli {

RunHosts::RunHosts(const Clock& clock, Random& random, os::Environment environment, ssh::Client client,
                   ssh::CurrentFence fence)
    : clock_(clock), random_(random), environment_(std::move(environment)), client_(std::move(client)),
      fence_(std::move(fence)), local_(clock, environment_) {}

Result<Hosts*> RunHosts::reaching(const Host& host) {
  if (host.is_local()) return &local_;
  DEPLOYCTL_CHECK(connections());
  return remote_.get();
}

Result<ssh::Connections*> RunHosts::connections() {
  const std::lock_guard lock(mutex_);
  if (!remote_) {
    DEPLOYCTL_TRY(connections_, ssh::Connections::create(clock_, random_, environment_, client_));
    remote_ = std::make_unique<ssh::SshHosts>(clock_, random_, *connections_, fence_);
  }
  return connections_.get();
}

Result<std::string> RunHosts::way_to(const Host& host, const providers::Listener& listener,
                                     const std::stop_token& stop) {
  ssh::mux::Endpoint target{.host = listener.address};
  if (listener.port != 0) target.port = static_cast<std::uint32_t>(listener.port);
  DEPLOYCTL_TRY(ssh::Connections * opened, connections());
  return opened->forward(host, target, stop);
}

Result<HostResult> RunHosts::run(const Host& host, const HostCommand& command, std::stop_token stop) {
  DEPLOYCTL_TRY(Hosts * hosts, reaching(host));
  return hosts->run(host, command, std::move(stop));
}

Status RunHosts::transfer(const Host& host, const HostTransfer& transfer, std::stop_token stop) {
  DEPLOYCTL_TRY(Hosts * hosts, reaching(host));
  return hosts->transfer(host, transfer, std::move(stop));
}

providers::HostWay ways_over(std::optional<RunHosts>& hosts) {
  return [&hosts](const Host& host, const providers::Listener& listener,
                  const std::stop_token& stop) -> Result<std::string> {
    if (!hosts) return fail(Cause::internal, "a host was asked for before its port was opened");
    return hosts->way_to(host, listener, stop);
  };
}

os::Environment without_secrets(os::Environment environment,
                                const std::vector<config::SecretDeclaration>& secrets) {
  for (const config::SecretDeclaration& secret : secrets) {
    const Result<SecretReference> reference = parse_secret_reference(secret.reference);
    if (reference && reference->scheme == "env") environment.erase(reference->source);
  }
  return environment;
}

} // namespace deployctl::cli
