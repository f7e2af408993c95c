// Which tags of a repository are versions, and which of them is the newest: what one may go back to. Tags of
// other kinds ("latest", dates, commits) are none. Pure.
#pragma once

#include <string>
#include <vector>

#include "base/semver.hpp"

namespace deployctl::registry {

struct VersionTag {
  std::string tag;
  SemanticVersion version;
};

// The newest first; of two spellings of one version ("v1.2.0", "1.2.0") that which comes first as text.
std::vector<VersionTag> version_tags(const std::vector<std::string>& tags, bool prereleases);

} // namespace deployctl::registry
