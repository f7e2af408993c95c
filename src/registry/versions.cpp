#include "registry/versions.hpp"

#include <algorithm>

namespace deployctl::registry {

std::vector<VersionTag> version_tags(const std::vector<std::string>& tags, bool prereleases) {
  std::vector<VersionTag> found;
  for (const std::string& tag : tags) {
    auto version = SemanticVersion::parse(tag);
    if (version && (prereleases || version->prerelease.empty())) found.push_back({tag, *std::move(version)});
  }
  std::ranges::sort(found, [](const VersionTag& left, const VersionTag& right) {
    const auto order = left.version <=> right.version;
    return order == 0 ? left.tag < right.tag : order > 0;
  });
  return found;
}

} // namespace deployctl::registry
