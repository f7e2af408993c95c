#include "state/similar_releases.hpp"

#include <algorithm>

#include "base/strings.hpp"

namespace deployctl::state {

std::vector<std::string> similar_releases(const History& history, const std::string& stack,
                                          std::string_view selector) {
  constexpr int releases_read = 500;
  const auto releases = history.releases(stack, releases_read);
  if (!releases) return {};
  std::vector<std::string> versions;
  for (const ReleaseLine& line : *releases)
    if (!line.version.empty() && std::ranges::find(versions, line.version) == versions.end())
      versions.push_back(line.version);
  return similar_names(selector, versions);
}

} // namespace deployctl::state
