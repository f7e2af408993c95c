// The connection to one host for the length of a run: opened by the first command, with one login for all
// that wait; opened again once a call when it was lost; a limited number of sessions, the rest wait in turn.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "ssh/master.hpp"
#include "ssh/remote_shell.hpp"
#include "ssh/run_context.hpp"

namespace deployctl::ssh {

class Connection;

// How a host is reached, as the SSH configuration has it.
struct Way {
  std::string address;              // where the login arrives
  mux::Endpoint target;             // the same, as a jump host is asked for it
  std::shared_ptr<Connection> jump; // the last jump host; null: directly
};

class Connection final : public RemoteShell {
public:
  using FindWay = std::function<Result<Way>(std::stop_token)>; // asked once, when it is first opened

  Connection(RunContext& run, Destination destination, std::string identity, FindWay find_way);

  Result<std::unique_ptr<RemoteSession>> start(const std::string& command_line,
                                               std::stop_token stop) override;
  // A master that runs, opened if need be. Its socket takes forwards (ssh/mux_client.hpp).
  Result<std::shared_ptr<Master>> open(std::stop_token stop);

private:
  Result<std::shared_ptr<Master>> log_in(std::stop_token stop);
  Result<std::shared_ptr<Master>> log_in_once(MasterRequest request, std::stop_token stop);
  Result<JumpChannel> way_through(Master& jump, const mux::Endpoint& target, std::stop_token stop);
  Result<Way> way(std::stop_token stop);
  Result<std::unique_ptr<RemoteSession>> start_over(const std::shared_ptr<Master>& master,
                                                    const std::string& command_line, std::stop_token stop);

  RunContext& run_;
  Destination destination_;
  std::string identity_;
  FindWay find_way_;
  std::shared_ptr<Slots> sessions_;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool opening_ = false;
  std::uint64_t openings_ = 0; // that ended
  std::shared_ptr<Master> master_;
  std::optional<Error> failure_; // of the last opening
  std::optional<Way> way_;       // touched by the one that opens
};

} // namespace deployctl::ssh
