#include "vcs/repository.hpp"

#include <algorithm>
#include <filesystem>

#include "base/semver.hpp"
#include "vcs/export_tree.hpp"
#include "vcs/git_store.hpp"

namespace deployctl::vcs {
namespace {

// Highest semantic version first, other names behind them in their order.
bool tag_before(const std::string& left, const std::string& right) {
  const auto left_version = SemanticVersion::parse(left);
  const auto right_version = SemanticVersion::parse(right);
  if (left_version && right_version && *left_version != *right_version) return *left_version > *right_version;
  if (left_version.has_value() != right_version.has_value()) return left_version.has_value();
  return left < right;
}

// Histories of shallow clones end early; libgit2 takes that for damage.
Error explain_shallow(const GitStore& store, Error error) {
  if (error.cause == Cause::not_found && store.shallow())
    error.help = "the clone is shallow; `git fetch --unshallow` brings the rest of the history";
  return error;
}

// As `git describe` does where the history ends at HEAD: a tag there, else the short name.
Result<std::string> describe(const GitStore& store, const Head& head) {
  auto described = store.describe(head.sha);
  if (described || !store.shallow() || described.error().cause != Cause::not_found) return described;
  return head.tags.empty() ? head.short_sha : head.tags.front();
}

} // namespace

Repository::Repository(std::unique_ptr<GitStore> store) : store_(std::move(store)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<std::optional<Repository>> Repository::discover(const std::string& path) {
  DEPLOYCTL_TRY(std::unique_ptr<GitStore> store, GitStore::open(path));
  if (!store) return std::nullopt;
  return Repository(std::move(store));
}

const std::string& Repository::root() const {
  return store_->root();
}

Result<std::string> Repository::below_root(const std::string& folder) const {
  std::error_code error;
  const auto absolute = std::filesystem::weakly_canonical(folder, error);
  const auto root_path = std::filesystem::weakly_canonical(root(), error);
  const std::string relative = absolute.lexically_relative(root_path).generic_string();
  if (error || relative.empty() || relative == ".." || relative.compare(0, 3, "../") == 0)
    return fail(Cause::not_found, "'" + folder + "' is not inside the repository '" + root() + "'");
  return relative == "." ? std::string() : relative;
}

Result<Head> Repository::head() const {
  Head head{.shallow = store_->shallow()};
  DEPLOYCTL_TRY(head.branch, store_->branch());
  DEPLOYCTL_TRY(head.sha, store_->head_commit());
  if (head.sha.empty()) return head;
  DEPLOYCTL_TRY(head.short_sha, store_->shortened(head.sha));
  DEPLOYCTL_TRY(const std::vector<NamedTag> tags, store_->tags());
  for (const NamedTag& tag : tags)
    if (tag.commit == head.sha) head.tags.push_back(tag.name);
  std::sort(head.tags.begin(), head.tags.end(), tag_before);
  if (!head.tags.empty() && SemanticVersion::parse(head.tags.front())) head.version_tag = head.tags.front();
  DEPLOYCTL_TRY(head.describe, describe(*store_, head));
  return head;
}

Result<SourceTree> Repository::source_tree(const Counts& counts) const {
  std::vector<TreeEntry> entries;
  DEPLOYCTL_TRY(const std::string sha, store_->head_commit());
  if (!sha.empty()) {
    DEPLOYCTL_TRY(entries, store_->tree(sha));
  }
  DEPLOYCTL_TRY(std::vector<Difference> differences, store_->differences());
  const auto is_tracked = [&](const std::string& path) {
    const auto at =
        std::lower_bound(entries.begin(), entries.end(), path,
                         [](const TreeEntry& entry, const auto& name) { return entry.path < name; });
    return at != entries.end() && at->path == path;
  };
  if (counts)
    std::erase_if(differences, [&](const Difference& each) {
      return !is_tracked(each.path) && !counts(root() + "/" + each.path);
    });
  return SourceTree(std::move(entries), std::move(differences));
}

Result<SourceTree> Repository::source_tree_of(std::string_view revision) const {
  DEPLOYCTL_TRY(const std::string sha, resolve(revision));
  DEPLOYCTL_TRY(std::vector<TreeEntry> entries, store_->tree(sha));
  return SourceTree(std::move(entries), {});
}

Result<WorkTree> Repository::work_tree(const Counts& counts) const {
  return source_tree(counts).map([](const SourceTree& tree) { return tree.work_tree(); });
}

Result<std::string> Repository::resolve(std::string_view revision) const {
  return store_->resolve(revision).map_error([&](Error e) { return explain_shallow(*store_, std::move(e)); });
}

Result<bool> Repository::is_ancestor(std::string_view ancestor, std::string_view descendant) const {
  DEPLOYCTL_TRY(const std::string older, resolve(ancestor));
  DEPLOYCTL_TRY(const std::string newer, resolve(descendant));
  return store_->is_ancestor(older, newer).map_error([&](Error e) {
    return explain_shallow(*store_, std::move(e));
  });
}

Result<CommitRange> Repository::commits_between(std::string_view older, std::string_view newer,
                                                int limit) const {
  std::string base;
  if (!older.empty()) {
    DEPLOYCTL_TRY(base, resolve(older));
  }
  DEPLOYCTL_TRY(const std::string tip, resolve(newer));
  return store_->walk(base, tip, limit).map_error([&](Error e) {
    return explain_shallow(*store_, std::move(e));
  });
}

Result<std::string> Repository::tree_hash(const std::vector<std::string>& globs,
                                          const std::string& folder) const {
  DEPLOYCTL_TRY(const SourceTree tree, source_tree());
  return tree.hash(globs, folder);
}

Result<Kinship> Repository::kinship(const std::string& commit, const std::string& other) const {
  if (commit == other) return Kinship::same;
  if (!store_->line(commit) || !store_->line(other)) return Kinship::unknown;
  DEPLOYCTL_TRY(const std::optional<bool> descends, store_->reaches(commit, other));
  if (descends.value_or(false)) return Kinship::descendant;
  DEPLOYCTL_TRY(const std::optional<bool> precedes, store_->reaches(other, commit));
  if (precedes.value_or(false)) return Kinship::ancestor;
  return descends && precedes ? Kinship::diverged : Kinship::unknown;
}

Result<CommitLine> Repository::commit(std::string_view revision) const {
  DEPLOYCTL_TRY(const std::string sha, resolve(revision));
  return store_->line(sha);
}

Result<std::string> Repository::file_at(std::string_view revision, const std::string& path) const {
  DEPLOYCTL_TRY(const std::string sha, resolve(revision));
  return store_->file(sha, path);
}

std::string Repository::user_email() const {
  return store_->setting("user.email");
}

Status Repository::export_tree(std::string_view revision, const std::string& directory) const {
  DEPLOYCTL_TRY(const std::string sha, resolve(revision));
  DEPLOYCTL_TRY(const std::vector<TreeEntry> entries, store_->tree(sha));
  return write_entries(*store_, entries, directory);
}

} // namespace deployctl::vcs
