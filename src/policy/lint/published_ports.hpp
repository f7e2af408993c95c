// Ports that are published, as Compose files and `docker run -p` write them, and those that only other
// services should reach.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl::policy::lint {

// One port and the address of this machine that it is published on; an empty address is every one.
struct PublishedPort {
  std::string inner;
  std::string address;

  // "127.0.0.1:15432:5432/tcp"
  static PublishedPort parse(std::string_view text);
  // A data base or broker that every network of the host reaches.
  [[nodiscard]] bool opens_a_store() const;
};

// The values of -p and --publish behind `docker run` or `podman run` in a command's words.
std::vector<std::string> published_by(const std::vector<std::string>& words);

} // namespace deployctl::policy::lint
