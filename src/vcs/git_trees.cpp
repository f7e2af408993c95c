// The part of GitStore that is about files: trees, blobs and the state of the working tree.
#include <algorithm>
#include <filesystem>

#include "vcs/git_store.hpp"

namespace deployctl::vcs {
namespace {

constexpr std::string_view state_folder = ".deployctl";

bool is_state(const std::string& path) {
  const auto parts = std::filesystem::path(path);
  return std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part == state_folder; });
}

Result<FileMode> mode_of(std::uint32_t mode, const std::string& path) {
  switch (mode) {
  case GIT_FILEMODE_BLOB:
  case 0100664: // written by very old versions of git
    return FileMode::file;
  case GIT_FILEMODE_BLOB_EXECUTABLE:
    return FileMode::executable;
  case GIT_FILEMODE_LINK:
    return FileMode::link;
  case GIT_FILEMODE_COMMIT:
    return FileMode::submodule;
  default:
    return fail(Cause::config, "git: '" + path + "' has an unknown file mode");
  }
}

struct TreeVisit {
  std::vector<TreeEntry> entries;
  std::optional<Error> error;
};

int add_entry(const char* folder, const git_tree_entry* entry, void* payload) {
  auto* visit = static_cast<TreeVisit*>(payload);
  if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) return 0;
  std::string path = std::string(folder) + git_tree_entry_name(entry);
  auto mode = mode_of(static_cast<std::uint32_t>(git_tree_entry_filemode(entry)), path);
  if (!mode) {
    visit->error = std::move(mode).error();
    return -1;
  }
  visit->entries.push_back({std::move(path), *mode, to_text(*git_tree_entry_id(entry))});
  return 0;
}

// Left out of a sparse checkout on purpose: that it is not there says nothing.
bool is_skipped(git_index* index, const git_diff_delta* delta) {
  if (!delta || delta->status != GIT_DELTA_DELETED) return false;
  const git_index_entry* entry = git_index_get_bypath(index, delta->old_file.path, 0);
  return entry && (entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
}

bool is_gone(const git_status_entry& entry) {
  if (entry.index_to_workdir) return entry.index_to_workdir->status == GIT_DELTA_DELETED;
  return entry.head_to_index && entry.head_to_index->status == GIT_DELTA_DELETED;
}

} // namespace

Result<std::vector<TreeEntry>> GitStore::tree(const std::string& sha) const {
  DEPLOYCTL_TRY(const GitCommit found, commit(sha));
  GitTree tree;
  if (const int code = git_commit_tree(Receive(tree), found.get()); code != 0)
    return git_failure(code, "cannot read the tree of " + sha);
  TreeVisit visit;
  const int code = git_tree_walk(tree.get(), GIT_TREEWALK_PRE, add_entry, &visit);
  if (visit.error) return fail(*std::move(visit.error));
  if (code != 0) return git_failure(code, "cannot read the tree of " + sha);
  std::sort(visit.entries.begin(), visit.entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return std::move(visit.entries);
}

// The object that committing this file as it is now would make.
Result<TreeEntry> GitStore::entry_of(const git_diff_file& file) const {
  TreeEntry entry{.path = file.path};
  if (!entry.path.empty() && entry.path.back() == '/') {
    // A repository inside the repository that is no submodule: git does not look into it either.
    entry.mode = FileMode::submodule;
    return entry;
  }
  DEPLOYCTL_TRY(entry.mode, mode_of(file.mode, entry.path));
  if (entry.mode == FileMode::submodule) {
    entry.object = to_text(file.id);
    return entry;
  }
  const std::filesystem::path path = std::filesystem::path(root_) / entry.path;
  git_oid id{};
  int code = 0;
  if (entry.mode == FileMode::link) {
    std::error_code error;
    const std::string target = std::filesystem::read_symlink(path, error).string();
    if (error) return fail(Cause::conflict, "'" + entry.path + "' changed while it was read");
    code = git_odb_hash(&id, target.data(), target.size(), GIT_OBJECT_BLOB);
  } else {
    code = git_repository_hashfile(&id, repository_.get(), path.c_str(), GIT_OBJECT_BLOB, nullptr);
  }
  if (code != 0) return git_failure(code, "cannot read '" + entry.path + "'");
  entry.object = to_text(id);
  return entry;
}

Result<std::vector<Difference>> GitStore::differences() const {
  git_status_options options = GIT_STATUS_OPTIONS_INIT;
  options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
  options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED | GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS;
  GitStatusList list;
  if (const int code = git_status_list_new(Receive(list), repository_.get(), &options); code != 0)
    return git_failure(code, "cannot compare the working tree with HEAD");

  GitIndex index;
  if (const int code = git_repository_index(Receive(index), repository_.get()); code != 0)
    return git_failure(code, "cannot read the index");

  std::vector<Difference> differences;
  const std::size_t count = git_status_list_entrycount(list.get());
  for (std::size_t i = 0; i < count; ++i) {
    git_status_entry entry = *git_status_byindex(list.get(), i);
    if (is_skipped(index.get(), entry.index_to_workdir)) entry.index_to_workdir = nullptr;
    const git_diff_delta* delta = entry.index_to_workdir ? entry.index_to_workdir : entry.head_to_index;
    if (!delta) continue;
    const char* name = delta->new_file.path ? delta->new_file.path : delta->old_file.path;
    if (is_state(name)) continue;
    Difference& difference = differences.emplace_back(Difference{.path = name});
    if (is_gone(entry)) continue;
    DEPLOYCTL_TRY(difference.now, entry_of(delta->new_file));
  }
  std::sort(differences.begin(), differences.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return differences;
}

Result<std::vector<std::string>> GitStore::tracked() const {
  GitIndex index;
  if (const int code = git_repository_index(Receive(index), repository_.get()); code != 0)
    return git_failure(code, "cannot read the index");
  std::vector<std::string> paths;
  const std::size_t count = git_index_entrycount(index.get());
  for (std::size_t i = 0; i < count; ++i) {
    const git_index_entry* entry = git_index_get_byindex(index.get(), i);
    const bool is_file = entry->mode == GIT_FILEMODE_BLOB || entry->mode == GIT_FILEMODE_BLOB_EXECUTABLE;
    if (is_file && (paths.empty() || paths.back() != entry->path)) paths.emplace_back(entry->path);
  }
  return paths;
}

Status GitStore::read_blob(const std::string& object,
                           const std::function<Status(std::string_view)>& visit) const {
  DEPLOYCTL_TRY(const git_oid id, to_oid(object));
  GitBlob blob;
  if (const int code = git_blob_lookup(Receive(blob), repository_.get(), &id); code != 0)
    return git_failure(code, "no blob " + object);
  return visit({static_cast<const char*>(git_blob_rawcontent(blob.get())), git_blob_rawsize(blob.get())});
}

} // namespace deployctl::vcs
