#include "base/port.hpp"

#include <charconv>

namespace deployctl {

std::optional<int> parse_port(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return port >= 1 && port <= last_port ? std::optional(port) : std::nullopt;
}

} // namespace deployctl
