#include "base/port.hpp"

#include "base/integer.hpp"

namespace deployctl {

std::optional<int> parse_port(std::string_view text) {
  const auto port = parse_integer<int>(text);
  return port && *port >= 1 && *port <= last_port ? port : std::nullopt;
}

} // namespace deployctl
