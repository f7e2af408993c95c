#include "vcs/source_tree.hpp"

#include <algorithm>

#include "base/crypto.hpp"
#include "base/glob.hpp"

namespace deployctl::vcs {
namespace {

// Path, mode and content of one file, in a form that no other file has.
void add_entry(Sha256& hash, const std::string& path, const TreeEntry* entry) {
  hash.update(path).update(std::string_view("\0", 1));
  if (entry)
    hash.update(std::to_string(static_cast<std::uint32_t>(entry->mode))).update(" ").update(entry->object);
  hash.update("\n");
}

class GlobSet {
public:
  GlobSet(const std::vector<std::string>& globs, const std::string& folder)
      : globs_(globs), prefix_(folder.empty() ? "" : folder + "/"), used_(globs.size(), false) {}

  bool matches(const std::string& path) {
    if (globs_.empty()) return true;
    if (path.compare(0, prefix_.size(), prefix_) != 0) return false;
    const std::string name = path.substr(prefix_.size());
    bool found = false;
    for (std::size_t i = 0; i < globs_.size(); ++i) {
      // A folder's name stands for all that is in it.
      if (!glob_matches(globs_[i], name) && !glob_matches(globs_[i] + "/**", name)) continue;
      used_[i] = true;
      found = true;
    }
    return found;
  }

  // A glob without a file is a mistake that would hide every later change.
  [[nodiscard]] Status check_all_used() const {
    for (std::size_t i = 0; i < globs_.size(); ++i)
      if (!used_[i])
        return fail(
            Cause::config, "no file of the repository matches '" + prefix_ + globs_[i] + "'",
            "globs are relative to the pipeline's folder; '*' stays inside one folder, '**' does not");
    return {};
  }

private:
  const std::vector<std::string>& globs_;
  std::string prefix_;
  std::vector<bool> used_;
};

WorkTree describe(const std::vector<Difference>& differences) {
  WorkTree out{.dirty = !differences.empty()};
  if (!out.dirty) return out;
  Sha256 hash;
  for (const Difference& difference : differences) {
    out.paths.push_back(difference.path);
    add_entry(hash, difference.path, difference.now ? &*difference.now : nullptr);
  }
  out.hash = hash.finish().hex().substr(0, 8);
  return out;
}

bool by_path(const TreeEntry& left, const TreeEntry& right) {
  return left.path < right.path;
}

bool differs(const std::vector<Difference>& differences, const std::string& path) {
  const auto at =
      std::lower_bound(differences.begin(), differences.end(), path,
                       [](const Difference& one, const std::string& name) { return one.path < name; });
  return at != differences.end() && at->path == path;
}

} // namespace

SourceTree::SourceTree(std::vector<TreeEntry> head, std::vector<Difference> differences)
    : files_(std::move(head)) {
  std::sort(differences.begin(), differences.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  work_tree_ = describe(differences);
  std::erase_if(files_, [&](const TreeEntry& file) { return differs(differences, file.path); });
  for (Difference& difference : differences)
    if (difference.now) files_.push_back(*std::move(difference.now));
  std::sort(files_.begin(), files_.end(), by_path);
}

Result<std::string> SourceTree::hash(const std::vector<std::string>& globs, const std::string& folder) const {
  GlobSet set(globs, folder);
  Sha256 hash;
  for (const TreeEntry& file : files_)
    if (set.matches(file.path)) add_entry(hash, file.path, &file);
  DEPLOYCTL_CHECK(set.check_all_used());
  return hash.finish().hex();
}

} // namespace deployctl::vcs
