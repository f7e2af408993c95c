#include "cli/lint_files.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "os/files.hpp"
#include "os/tree.hpp"
#include "vcs/tracked_files.hpp"

namespace deployctl::cli {
namespace {

namespace fs = std::filesystem;
using policy::lint::FileKind;

constexpr std::size_t largest_text = std::size_t{4} << 20;
constexpr std::size_t most_files = 20'000;
constexpr std::size_t most_beside = 500;

// Folders that hold other people's files, where no git says which are ours.
constexpr std::array<std::string_view, 4> foreign = {".git", ".deployctl", "node_modules", ".venv"};

Result<std::vector<std::string>> names_below(const std::string& folder) {
  DEPLOYCTL_TRY(std::optional<std::vector<std::string>> tracked, vcs::tracked_files(folder));
  if (tracked) return *std::move(tracked);
  DEPLOYCTL_TRY(const std::vector<os::TreeEntry> entries, os::list_tree(folder, {.without = foreign}));
  std::vector<std::string> names;
  for (const os::TreeEntry& entry : entries)
    if (entry.link.empty()) names.push_back(entry.name);
  return names;
}

// Those of one folder, in order, without links.
void add_names(const fs::path& folder, const std::string& head, std::vector<std::string>& names) {
  std::error_code error;
  std::size_t looked_at = 0;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (++looked_at > most_files || names.size() >= most_beside) break;
    std::string name = head + at->path().filename().string();
    if (policy::lint::kind_of(name) != FileKind::other && fs::is_regular_file(at->symlink_status(error)))
      names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
}

} // namespace

Status LintFiles::add_path(const std::string& path) {
  const fs::path absolute = (fs::path(here_) / path).lexically_normal();
  std::error_code error;
  if (!fs::exists(absolute, error)) return fail(Cause::config, "there is no file or folder '" + path + "'");
  if (fs::is_directory(absolute, error)) return add_folder(absolute.string());
  return add(absolute, true);
}

Status LintFiles::add_folder(const std::string& folder) {
  DEPLOYCTL_TRY(const std::vector<std::string> names, names_below(folder));
  for (const std::string& name : names) {
    DEPLOYCTL_CHECK(add(fs::path(folder) / name, false));
  }
  return {};
}

Status LintFiles::add(const fs::path& path, bool named) {
  const std::string shown = path.lexically_relative(here_).string();
  const std::string name = shown.empty() || shown.compare(0, 2, "..") == 0 ? path.string() : shown;
  const FileKind kind = path == pipeline_ ? FileKind::pipeline : policy::lint::kind_of(name);
  if (kind == FileKind::other && !named) return {};
  if (input_.files.size() >= most_files)
    return fail(Cause::capacity, "more than 20000 files to look at", "name the folders that matter");
  Result<std::string> text = os::read_file(path.string(), largest_text);
  if (!text && named) return fail(std::move(text).error());
  // Gone from the working tree, or no text: nothing to look at.
  if (!text || text->find('\0') != std::string::npos) return {};
  const bool known = std::any_of(input_.files.begin(), input_.files.end(),
                                 [&](const policy::lint::LintFile& file) { return file.path == name; });
  if (known) return {};
  if (kind == FileKind::dockerfile) add_context(path, name);
  input_.files.push_back({.path = name, .text = *std::move(text), .kind = kind});
  return {};
}

// The context is the Dockerfile's folder, or the one we are in when only that has a .dockerignore.
void LintFiles::add_context(const fs::path& dockerfile, const std::string& name) {
  fs::path folder = dockerfile.parent_path();
  std::error_code error;
  if (!fs::exists(folder / ".dockerignore", error) && fs::exists(fs::path(here_) / ".dockerignore", error))
    folder = here_;
  const policy::lint::BuildContext* context = context_of(folder.string());
  if (!context) return;
  policy::lint::BuildContext own = *context;
  if (const auto ignore = os::read_file(dockerfile.string() + ".dockerignore", largest_text)) {
    own.has_ignore_file = true;
    own.ignore_file = *ignore;
  }
  input_.contexts.emplace(name, std::move(own));
}

const policy::lint::BuildContext* LintFiles::context_of(const std::string& folder) {
  const auto known = contexts_.find(folder);
  if (known != contexts_.end()) return known->second ? &*known->second : nullptr;
  std::optional<policy::lint::BuildContext>& made = contexts_[folder];
  if (contexts_known_ == Contexts::listed) {
    const auto entries = os::list_tree(folder);
    if (!entries) return nullptr; // too large, or with what is no file: nothing is said about it
    made.emplace();
    for (const os::TreeEntry& entry : *entries)
      if (entry.link.empty()) made->files.push_back({.path = entry.name, .size = entry.size});
  } else {
    made.emplace();
  }
  if (const auto ignore = os::read_file(folder + "/.dockerignore", largest_text)) {
    made->has_ignore_file = true;
    made->ignore_file = *ignore;
  }
  return &*made;
}

Result<std::vector<std::string>> names_beside(const fs::path& pipeline) {
  const std::string directory = pipeline.parent_path().string();
  constexpr std::array<std::string_view, 4> folders = {"", ".github/workflows/", ".forgejo/workflows/",
                                                       ".gitea/workflows/"};
  std::vector<std::string> names;
  for (const std::string_view folder : folders)
    add_names(fs::path(directory) / folder, std::string(folder), names);
  names.erase(std::remove(names.begin(), names.end(), pipeline.filename().string()), names.end());
  if (names.empty()) return names;
  DEPLOYCTL_TRY(const std::optional<std::vector<std::string>> tracked, vcs::tracked_files(directory));
  if (!tracked) return names;
  const std::set<std::string_view> kept(tracked->begin(), tracked->end());
  names.erase(std::remove_if(names.begin(), names.end(),
                             [&](const std::string& name) { return kept.count(name) == 0; }),
              names.end());
  return names;
}

} // namespace deployctl::cli
