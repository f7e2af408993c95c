// The client that `providers: ssh` asks for. Pure.
#pragma once

#include <string>

#include "base/ssh_settings.hpp"
#include "ssh/ssh_arguments.hpp"

namespace deployctl::ssh {

// Where the paths of settings begin.
struct Places {
  std::string home;   // "~/"; empty: not known
  std::string folder; // the pipeline's
};

Client client_from(const SshSettings& settings, const Places& places);

} // namespace deployctl::ssh
