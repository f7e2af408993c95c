#include "os/environment.hpp"

#include <string_view>

#include <unistd.h>

#include "base/variables.hpp"

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
  const std::string* given = find_variable(environment, "TMPDIR");
  return given ? *given : "/tmp";
}

} // namespace deployctl::os
