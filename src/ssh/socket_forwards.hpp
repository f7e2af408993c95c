// What listens on other hosts, unix sockets and ports, reached by unix sockets of this machine: one forward a
// host and target, opened when it is first asked for and again when the connection is another. What is spoken
// over it is not known here.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "ssh/connection.hpp"
#include "ssh/forwarding_client.hpp"

namespace deployctl::ssh {

class SocketForwards {
public:
  explicit SocketForwards(RunContext& run) : run_(run) {}

  // The path behind which `target` answers, as that host sees it, for as long as the connection stands;
  // whether anything listens there is found out by who connects. `connection`: over which; null: by an ssh of
  // its own. Thread-safe.
  Result<std::string> path_to(const Destination& destination, const mux::Endpoint& target,
                              Connection* connection, const std::stop_token& stop);

private:
  struct Forwarded {
    std::shared_ptr<Slots> turn; // for the one who opens it; guards the rest
    std::string path;
    std::weak_ptr<Master> master;             // over which it goes
    std::unique_ptr<ForwardingClient> client; // or the ssh that does nothing else
    std::optional<Error> refusal;             // of that one's login
    int starts = 0;
  };

  std::shared_ptr<Forwarded> known(const std::string& identity);
  Status over(Connection& connection, Forwarded& forwarded, const mux::Endpoint& target,
              const std::stop_token& stop);
  Status alone(const Destination& destination, Forwarded& forwarded, const mux::Endpoint& target,
               const std::stop_token& stop);

  RunContext& run_;
  std::mutex mutex_; // guards forwards_; each has its own turn
  std::map<std::string, std::shared_ptr<Forwarded>> forwards_;
};

} // namespace deployctl::ssh
