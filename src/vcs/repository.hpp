// What a deployment asks of the git repository around it: local reads only, answered by libgit2. Fetching and
// pushing are not here (those run the git binary). A Repository is for one thread at a time.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

#include "vcs/source_tree.hpp"

namespace deployctl::vcs {

struct Head {
  std::string sha;       // 40 hex; empty when there is no commit yet
  std::string short_sha; // shortest unique prefix, at least 7
  std::string branch;    // empty when detached
  std::vector<std::string>
      tags; // all whose commit is HEAD, annotated ones peeled: highest semantic version first, then by name
  std::string version_tag; // the first of `tags` that is a semantic version, or empty
  std::string describe;    // git describe --tags --always, without a dirty mark; of a shallow
                           // clone whose tags are beyond its end: a tag at HEAD, else short_sha
  bool shallow = false;
};

struct CommitLine {
  std::string sha;
  std::string author; // "Name <email>"
  std::string title;  // first line
  std::string time;   // RFC 3339, UTC, of the commit
};

struct CommitRange {
  std::vector<CommitLine> commits; // newest first, at most the limit
  int total = 0;                   // also those beyond the limit
};

// How a commit stands to another one, as far as this clone's history tells.
enum class Kinship {
  same,
  descendant,
  ancestor,
  diverged,
  unknown, // one of them is not here, or a shallow clone ends before they meet
};

class GitStore;

// Whether a file that HEAD does not have counts as a part of the tree; not set: every one does.
using Counts = std::function<bool(const std::string& path)>; // absolute

class Repository {
public:
  // The repository that holds `path` (a folder); none outside of one or in a bare one. Cause::permission when
  // it is there but may not be read, Cause::config when it is damaged.
  static Result<std::optional<Repository>> discover(const std::string& path);

  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  [[nodiscard]] const std::string& root() const; // absolute, no last '/'
  // `folder` as the repository's trees name it: "" for the root itself, else "apps/web"; not_found when
  // outside.
  [[nodiscard]] Result<std::string> below_root(const std::string& folder) const;

  [[nodiscard]] Result<Head> head() const;
  // The working tree now; take it once and ask it as often as wanted. The two below take one for a single
  // question.
  [[nodiscard]] Result<SourceTree> source_tree(const Counts& counts = {}) const;
  [[nodiscard]] Result<WorkTree> work_tree(const Counts& counts = {}) const;
  // The tree of a commit as if it was checked out and untouched.
  [[nodiscard]] Result<SourceTree> source_tree_of(std::string_view revision) const;
  [[nodiscard]] Result<std::string> tree_hash(const std::vector<std::string>& globs,
                                              const std::string& folder = {}) const;

  // Any revision git understands, peeled to a commit: 40 hex. Cause::not_found.
  [[nodiscard]] Result<std::string> resolve(std::string_view revision) const;
  [[nodiscard]] Result<bool> is_ancestor(std::string_view ancestor, std::string_view descendant) const;
  // Commits reachable from `newer` and not from `older`; `older` may be empty: all. not_found when a shallow
  // clone or a rewritten history lacks one of them.
  [[nodiscard]] Result<CommitRange> commits_between(std::string_view older, std::string_view newer,
                                                    int limit) const;

  // What `commit` is to `other`.
  [[nodiscard]] Result<Kinship> kinship(const std::string& commit, const std::string& other) const;
  [[nodiscard]] Result<CommitLine> commit(std::string_view revision) const;
  // The bytes of a regular file in that tree, by its path from the root. Cause::not_found, also for folders
  // and links; Cause::config beyond 1 MiB.
  [[nodiscard]] Result<std::string> file_at(std::string_view revision, const std::string& path) const;
  [[nodiscard]] std::string user_email() const; // as git would write it into a commit; empty: not configured

  // Writes the tree of `revision` into `directory` (must not exist): files with their modes, symbolic links
  // as links. Submodules become empty folders. The repository itself is not touched.
  [[nodiscard]] Status export_tree(std::string_view revision, const std::string& directory) const;

private:
  explicit Repository(std::unique_ptr<GitStore> store);

  std::unique_ptr<GitStore> store_;
};

} // namespace deployctl::vcs
