// The SSH connections of one run: one for each host and each jump host, opened when first used, ended with
// this object. Shells and their sessions end before it.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "ssh/routes.hpp"
#include "ssh/run_context.hpp"
#include "ssh/single_shell.hpp"
#include "ssh/socket_forwards.hpp"
#include "ssh/ssh_hosts.hpp"

namespace deployctl::ssh {

class Connections final : public RemoteShells {
public:
  // `environment` is ssh's: HOME, PATH, SSH_AUTH_SOCK, XDG_RUNTIME_DIR ...
  static Result<std::unique_ptr<Connections>> create(const Clock& clock, Random& random,
                                                     os::Environment environment, Client client = {},
                                                     Limits limits = {});

  Result<std::shared_ptr<RemoteShell>> shell(const Host& host, std::stop_token stop) override;
  // The same, for those who also need its master: forwards.
  Result<std::shared_ptr<Connection>> connection(const Destination& destination);
  // A path of this machine behind which a unix socket or a port of the host answers, for as long as its
  // connection stands: to be asked for before each use.
  Result<std::string> forward(const Host& host, const mux::Endpoint& target, const std::stop_token& stop);

private:
  explicit Connections(std::unique_ptr<RunContext> run)
      : run_(std::move(run)), routes_(*run_), forwards_(*run_) {}

  std::unique_ptr<RunContext> run_;
  Routes routes_;
  SocketForwards forwards_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Connection>>
      connections_; // by destination; ended before the jump hosts
  std::map<std::string, std::shared_ptr<SingleShell>> single_shells_; // the same without multiplexing
};

} // namespace deployctl::ssh
