// The working tree at one moment: what differs from HEAD, and hashes over parts of it. A value that many
// threads may ask; taken once, however many steps have `sources`.
#pragma once

#include <string>
#include <vector>

#include <deployctl/result.hpp>

#include "vcs/tree_entry.hpp"

namespace deployctl::vcs {

// Tracked changes and files neither tracked nor ignored. `.deployctl/` never counts.
struct WorkTree {
  bool dirty = false;
  std::string hash;               // 8 hex over what differs; empty when clean; equal for equal content
  std::vector<std::string> paths; // that differ, sorted
};

class SourceTree {
public:
  SourceTree(std::vector<TreeEntry> head, std::vector<Difference> differences);

  [[nodiscard]] const WorkTree& work_tree() const { return work_tree_; }
  // SHA-256 (hex) over path, mode and content of the files that match a glob (base/glob.hpp) or lie in a
  // folder that one names, relative to `folder` ("" or "apps/web"). No globs: the whole repository. It is the
  // same before and after committing the tree, and in every clone. Cause::config for a glob that matches
  // nothing.
  [[nodiscard]] Result<std::string> hash(const std::vector<std::string>& globs,
                                         const std::string& folder = {}) const;

private:
  std::vector<TreeEntry> files_; // of the working tree, by path
  WorkTree work_tree_;
};

} // namespace deployctl::vcs
