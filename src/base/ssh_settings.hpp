// How hosts are reached, as `providers: ssh` says it: one table for the language, its documentation and the
// layer that connects. Data only; what becomes of it is ssh/client_settings.hpp.
#pragma once

#include <string>
#include <vector>

#include <deployctl/input.hpp>

namespace deployctl {

inline constexpr const char* ssh_provider = "ssh"; // its one instance under `providers:`

struct SshSettings {
  std::string new_hosts;
  Milliseconds connect_timeout{};
  Milliseconds keepalive{};
  std::string identity; // as written: may begin with "~/"
  std::string config;
  std::vector<std::string> options; // "Name=value"
  bool multiplexing = true;
};

const Table<SshSettings>& ssh_settings();

} // namespace deployctl
