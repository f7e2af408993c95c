#include "os/environment.hpp"

#include <string_view>

#include <unistd.h>

namespace deployctl::os {

Environment read_environment() {
  Environment environment;
  for (char** entry = ::environ; entry && *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return environment;
}

std::string temporary_parent(const Environment& environment) {
  const auto given = environment.find("TMPDIR");
  return given == environment.end() || given->second.empty() ? "/tmp" : given->second;
}

} // namespace deployctl::os
