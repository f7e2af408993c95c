// Semantic versions (semver.org 2.0.0), as found in git tags and image tags: an optional leading 'v' is not
// part of it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

struct SemanticVersion {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::uint64_t patch = 0;
  std::vector<std::string> prerelease; // identifiers between dots; empty: a release
  std::string build;                   // after '+'; takes no part in the order

  // Strict: three numbers without leading zeros. "v1.2.3" and "1.2.3" are the same version.
  static std::optional<SemanticVersion> parse(std::string_view text);

  friend std::strong_ordering operator<=>(const SemanticVersion& left,
                                          const SemanticVersion& right); // section 11
  friend bool operator==(const SemanticVersion& left, const SemanticVersion& right) {
    return (left <=> right) == 0;
  }
};

} // namespace deployctl
