// What the SSH configuration says of one host, read from `ssh -G`: ssh has evaluated every Host, Match,
// Include and canonicalisation. Pure; who asks is ssh/connections.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "ssh/ssh_arguments.hpp"

namespace deployctl::ssh {

struct Settings {
  std::string hostname; // where ssh connects to
  std::string user;
  int port = 22;
  std::vector<Destination> jumps; // ProxyJump, in the order they are passed

  friend bool operator==(const Settings&, const Settings&) = default;
};

Result<Settings> parse_settings(std::string_view output);
// "[user@]host[:port]" or "ssh://[user@]host[:port]", separated by commas; "none" is no jump.
Result<std::vector<Destination>> parse_jumps(std::string_view list);

} // namespace deployctl::ssh
