// The part of GitStore that asks about single commits and how they descend from each other.
#include <set>

#include "vcs/git_store.hpp"

namespace deployctl::vcs {
namespace {

constexpr git_object_size_t largest_file = 1U << 20;

using GitConfig = std::unique_ptr<git_config, GitFree<git_config_free>>;
using GitEntry = std::unique_ptr<git_tree_entry, GitFree<git_tree_entry_free>>;

} // namespace

// Where a shallow clone ends, libgit2 gives up; a plain walk goes on along the parents that are here.
Result<std::optional<bool>> GitStore::reaches(const std::string& descendant,
                                              const std::string& ancestor) const {
  if (!shallow())
    return is_ancestor(ancestor, descendant).map([](bool found) { return std::optional(found); });
  bool complete = true;
  std::set<std::string> seen{descendant};
  std::vector<std::string> open{descendant};
  while (!open.empty()) {
    const std::string sha = open.back();
    open.pop_back();
    if (sha == ancestor) return std::optional(true);
    const auto found = commit(sha);
    if (!found) complete = false;
    if (!found) continue;
    for (unsigned i = 0; i < git_commit_parentcount(found->get()); ++i)
      if (std::string parent = to_text(*git_commit_parent_id(found->get(), i)); seen.insert(parent).second)
        open.push_back(std::move(parent));
  }
  return complete ? std::optional(false) : std::nullopt;
}

Result<std::string> GitStore::file(const std::string& sha, const std::string& path) const {
  DEPLOYCTL_TRY(const GitCommit found, commit(sha));
  GitTree tree;
  if (const int code = git_commit_tree(Receive(tree), found.get()); code != 0)
    return git_failure(code, "cannot read the tree of " + sha);
  GitEntry entry;
  if (const int code = git_tree_entry_bypath(Receive(entry), tree.get(), path.c_str()); code != 0)
    return git_failure(code, "no file '" + path + "' in commit " + sha);
  const auto mode = git_tree_entry_filemode(entry.get());
  if (mode != GIT_FILEMODE_BLOB && mode != GIT_FILEMODE_BLOB_EXECUTABLE)
    return fail(Cause::not_found, "'" + path + "' is not a regular file in commit " + sha);
  GitBlob blob;
  if (const int code = git_blob_lookup(Receive(blob), repository_.get(), git_tree_entry_id(entry.get()));
      code != 0)
    return git_failure(code, "cannot read '" + path + "' of commit " + sha);
  const auto size = git_blob_rawsize(blob.get());
  if (size > largest_file) return fail(Cause::config, "'" + path + "' of commit " + sha + " is over 1 MiB");
  return std::string(static_cast<const char*>(git_blob_rawcontent(blob.get())), size);
}

std::string GitStore::setting(const std::string& name) const {
  GitConfig config;
  if (git_repository_config_snapshot(Receive(config), repository_.get()) != 0) return {};
  const char* value = nullptr;
  if (git_config_get_string(&value, config.get(), name.c_str()) != 0) return {};
  return value;
}

} // namespace deployctl::vcs
