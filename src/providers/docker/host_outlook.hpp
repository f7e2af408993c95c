// What of the host itself is in a service's way, found out before anything is done: another program at a port
// that is to be published, and a disk too small for the image that is sent there. Not the business of
// image_outlook.hpp, which asks the engine and the registry.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

namespace deployctl::providers::docker {

struct HostNeeds {
  std::vector<int> ports;  // that no container of the engine holds
  std::string folder;      // where the engine keeps images; empty: none is sent
  std::uint64_t bytes = 0; // the image that is sent
};

Operation host_outlook_operation();

// Reasons why not; a host that gives no command may be as it likes.
Result<std::vector<std::string>> host_obstacles(const Ports& ports, const Host& host, const HostNeeds& needs,
                                                const std::stop_token& stop);

} // namespace deployctl::providers::docker
