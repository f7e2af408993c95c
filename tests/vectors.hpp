// Published test vectors, which stand beside the repository (../shared/vectors) and not in it. Elsewhere than
// in CI a clone without them skips what they would show, and says so.
#pragma once

#include <catch2/catch.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>

namespace deployctl::tests {

// None: there are no vectors here. Tests run in the project's root.
inline std::optional<std::string> read_vectors(const std::string& name) {
  const std::filesystem::path path = std::filesystem::path("../shared/vectors") / name;
  if (!std::filesystem::exists(path)) {
    if (std::getenv("CI")) FAIL("the test vectors '" << path.string() << "' are missing");
    WARN("skipped: there are no test vectors '" << path.string() << "'");
    return std::nullopt;
  }
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

} // namespace deployctl::tests
