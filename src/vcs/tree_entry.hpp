// Files as git's trees name them. Values only; no libgit2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace deployctl::vcs {

enum class FileMode : std::uint32_t {
  file = 0100644,
  executable = 0100755,
  link = 0120000,
  submodule = 0160000
};

struct TreeEntry {
  std::string path; // from the repository's root
  FileMode mode = FileMode::file;
  std::string object; // 40 hex: blob, or the commit of a submodule
};

// A path whose working-tree state is not that of HEAD.
struct Difference {
  std::string path;
  std::optional<TreeEntry> now; // none: it is gone
};

} // namespace deployctl::vcs
