#include "cli/guardrails.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
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

// Folders that hold other people's files, where no git says which are ours.
bool is_foreign(const fs::path& path) {
  return std::any_of(path.begin(), path.end(), [](const fs::path& part) {
    return part == ".git" || part == ".deployctl" || part == "node_modules" || part == ".venv";
  });
}

class Collector {
public:
  explicit Collector(const LintScope& scope) : scope_(scope) {}

  Status add_path(const std::string& path) {
    const fs::path absolute = (fs::path(scope_.here) / path).lexically_normal();
    std::error_code error;
    if (!fs::exists(absolute, error)) return fail(Cause::config, "there is no file or folder '" + path + "'");
    if (fs::is_directory(absolute, error)) return add_folder(absolute.string());
    return add_file(absolute, true);
  }

  policy::lint::LintInput take() { return std::move(input_); }

private:
  Status add_folder(const std::string& folder) {
    DEPLOYCTL_TRY(const std::vector<std::string> names, names_below(folder));
    for (const std::string& name : names) {
      DEPLOYCTL_CHECK(add_file(fs::path(folder) / name, false));
    }
    return {};
  }

  static Result<std::vector<std::string>> names_below(const std::string& folder) {
    DEPLOYCTL_TRY(std::optional<std::vector<std::string>> tracked, vcs::tracked_files(folder));
    if (tracked) return *std::move(tracked);
    DEPLOYCTL_TRY(const std::vector<os::TreeEntry> entries, os::list_tree(folder));
    std::vector<std::string> names;
    for (const os::TreeEntry& entry : entries)
      if (entry.link.empty() && !is_foreign(entry.name)) names.push_back(entry.name);
    return names;
  }

  Status add_file(const fs::path& path, bool named) {
    const std::string shown = path.lexically_relative(scope_.here).string();
    const std::string name = shown.empty() || shown.compare(0, 2, "..") == 0 ? path.string() : shown;
    const FileKind kind = path == scope_.pipeline ? FileKind::pipeline : policy::lint::kind_of(name);
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
  void add_context(const fs::path& dockerfile, const std::string& name) {
    fs::path folder = dockerfile.parent_path();
    std::error_code error;
    if (!fs::exists(folder / ".dockerignore", error) &&
        fs::exists(fs::path(scope_.here) / ".dockerignore", error))
      folder = scope_.here;
    const policy::lint::BuildContext* context = context_of(folder.string());
    if (!context) return;
    policy::lint::BuildContext own = *context;
    if (const auto ignore = os::read_file(dockerfile.string() + ".dockerignore", largest_text)) {
      own.has_ignore_file = true;
      own.ignore_file = *ignore;
    }
    input_.contexts.emplace(name, std::move(own));
  }

  const policy::lint::BuildContext* context_of(const std::string& folder) {
    const auto known = contexts_.find(folder);
    if (known != contexts_.end()) return known->second ? &*known->second : nullptr;
    std::optional<policy::lint::BuildContext>& made = contexts_[folder];
    const auto entries = os::list_tree(folder);
    if (!entries) return nullptr; // too large, or with what is no file: nothing is said about it
    made.emplace();
    for (const os::TreeEntry& entry : *entries)
      if (entry.link.empty()) made->files.push_back({.path = entry.name, .size = entry.size});
    if (const auto ignore = os::read_file(folder + "/.dockerignore", largest_text)) {
      made->has_ignore_file = true;
      made->ignore_file = *ignore;
    }
    return &*made;
  }

  const LintScope& scope_;
  policy::lint::LintInput input_;
  std::map<std::string, std::optional<policy::lint::BuildContext>> contexts_; // none: cannot be listed
};

} // namespace

Result<policy::lint::LintReport> lint_report(const LintScope& scope) {
  Collector collector(scope);
  if (scope.paths.empty()) {
    DEPLOYCTL_CHECK(collector.add_path("."));
  }
  for (const std::string& path : scope.paths) {
    DEPLOYCTL_CHECK(collector.add_path(path));
  }
  DEPLOYCTL_TRY(policy::lint::Linter linter, policy::lint::Linter::compile());
  return linter.lint(collector.take());
}

Result<policy::lint::LintReport> lint_pipeline(const Source& pipeline) {
  DEPLOYCTL_TRY(policy::lint::Linter linter, policy::lint::Linter::compile());
  return linter.lint({.files = {{.path = pipeline.name, .text = pipeline.text, .kind = FileKind::pipeline}},
                      .contexts = {}});
}

std::size_t count_errors(const std::vector<Diagnostic>& findings) {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(), [](const Diagnostic& each) {
    return each.severity == Severity::error;
  }));
}

} // namespace deployctl::cli
