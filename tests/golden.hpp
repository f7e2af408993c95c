// Golden files for tests: the transcript of a case stands beside its input. DEPLOYCTL_BLESS=1 writes what is
// there now; the change is then reviewed as text.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

namespace golden {

inline std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

inline bool blessing() {
  const char* const bless = std::getenv("DEPLOYCTL_BLESS");
  return bless != nullptr && std::string_view(bless) == "1";
}

// Compares with the file, or writes it when blessing.
inline void check(const std::filesystem::path& expected, const std::string& actual) {
  if (blessing()) {
    std::ofstream(expected, std::ios::binary) << actual;
    return;
  }
  INFO(expected.string());
  CHECK(read(expected) == actual);
}

// Every file with this extension in a folder, by name. Tests run in the root of the source tree.
inline std::vector<std::filesystem::path> cases(const std::filesystem::path& folder,
                                                std::string_view extension) {
  std::vector<std::filesystem::path> out;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == extension) out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  REQUIRE_FALSE(out.empty());
  return out;
}

} // namespace golden
