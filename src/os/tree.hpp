// Directory trees as values: listing for inputs of type `tree`, removal, and a temporary directory that
// removes itself.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct TreeEntry {
  std::string name;       // relative to the root, '/' between parts
  unsigned mode = 0;      // permission bits; 0 for a link
  std::uint64_t size = 0; // of a file
  std::string link;       // target of a symbolic link, else empty
};

struct TreeLimits {
  std::size_t entries = 100'000;
  int depth = 64;
  std::span<const std::string_view> without = {}; // what is named so is left out, at any depth
};

// Regular files and symbolic links below `root`, sorted by name in byte order; links are not followed.
// Cause::config for a socket, pipe or device, for a name that is not UTF-8 or holds a control character, and
// beyond the limits.
Result<std::vector<TreeEntry>> list_tree(const std::string& root, TreeLimits limits = {});

// Removes a file or a whole tree without following links; nothing there is success.
Status remove_tree(const std::string& path);

class TemporaryDirectory {
public:
  // Mode 0700, below `parent` (usually $TMPDIR or /tmp), named `prefix` and six random characters.
  static Result<TemporaryDirectory> create(const std::string& parent, const std::string& prefix);
  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  ~TemporaryDirectory(); // removes the tree

  [[nodiscard]] const std::string& path() const { return path_; }

private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_; // empty after a move
};

} // namespace deployctl::os
