// The questions libgit2 answers, in our types; git_store.cpp asks about refs and commits, git_trees.cpp about
// files. What they mean for a deployment is repository.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "vcs/git_handles.hpp"
#include "vcs/repository.hpp"
#include "vcs/tree_entry.hpp"

namespace deployctl::vcs {

struct NamedTag {
  std::string name;
  std::string commit; // peeled
};

class GitStore {
public:
  static Result<std::unique_ptr<GitStore>>
  open(const std::string& path); // null: no repository with a working tree

  [[nodiscard]] const std::string& root() const { return root_; }
  [[nodiscard]] Result<std::string> head_commit() const; // empty: no commit yet
  [[nodiscard]] Result<std::string> branch() const;      // empty: detached
  [[nodiscard]] bool shallow() const;
  [[nodiscard]] Result<std::string> shortened(const std::string& sha) const;
  [[nodiscard]] Result<std::vector<NamedTag>> tags() const; // that point to commits
  [[nodiscard]] Result<std::string> describe(const std::string& sha) const;
  [[nodiscard]] Result<std::string> resolve(std::string_view revision) const;
  [[nodiscard]] Result<bool> is_ancestor(const std::string& ancestor, const std::string& descendant) const;
  // Whether `ancestor` is found behind `descendant`; none: history that is not here may hold it.
  [[nodiscard]] Result<std::optional<bool>> reaches(const std::string& descendant,
                                                    const std::string& ancestor) const;
  [[nodiscard]] Result<CommitLine> line(const std::string& sha) const;
  [[nodiscard]] Result<std::string> file(const std::string& commit, const std::string& path) const;
  [[nodiscard]] std::string setting(const std::string& name) const; // of git's configuration; empty: not set
  [[nodiscard]] Result<CommitRange> walk(const std::string& older, const std::string& newer, int limit) const;

  [[nodiscard]] Result<std::vector<TreeEntry>> tree(const std::string& commit) const; // flat, in path order
  [[nodiscard]] Result<std::vector<std::string>> tracked() const;    // regular files of the index
  [[nodiscard]] Result<std::vector<Difference>> differences() const; // in path order
  [[nodiscard]] Status read_blob(const std::string& object,
                                 const std::function<Status(std::string_view)>& visit) const;

private:
  GitStore(GitRepository repository, std::string root);
  [[nodiscard]] Result<GitCommit> commit(const std::string& sha) const;
  [[nodiscard]] Result<TreeEntry> entry_of(const git_diff_file& file) const;

  GitLibrary library_; // first: outlives the repository
  GitRepository repository_;
  std::string root_;
};

} // namespace deployctl::vcs
