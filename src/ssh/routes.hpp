// Which way leads to a host: what `ssh -G` says of it, if the configuration can say anything, and one
// connection for each distinct jump host, however many hosts lie behind it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ssh/connection.hpp"
#include "ssh/run_context.hpp"
#include "ssh/settings.hpp"
#include "ssh/slots.hpp"

namespace deployctl::ssh {

class Routes {
public:
  explicit Routes(RunContext& run);

  Result<Way> way_to(const Destination& destination, std::stop_token stop);

private:
  struct Jump { // a way with what tells it from others
    std::shared_ptr<Connection> connection;
    std::string identity;
  };
  struct JumpSettings { // asked for by whoever comes first; the others wait
    std::shared_ptr<Slots> turn;
    std::optional<Settings> settings;
  };
  Result<Settings> settings_of(const Destination& destination, std::stop_token stop) const;
  Result<Settings> settings_of_jump(const Destination& host, const std::stop_token& stop);
  Result<Jump> through(const std::vector<Destination>& jumps, int depth, std::stop_token stop);
  Result<Jump> jump_at(const Destination& host, const Jump& before, int depth, std::stop_token stop);

  RunContext& run_;
  bool plain_; // no host has another way than straight to its name
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Connection>> jumps_;               // by identity
  std::map<std::string, std::shared_ptr<JumpSettings>> settings_of_jumps_; // by destination
};

} // namespace deployctl::ssh
