#include "os/tree.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/utf8.hpp"
#include "os/files.hpp"

namespace deployctl::os {
namespace {

namespace fs = std::filesystem;

Status check_name(const std::string& name) {
  const bool control = std::any_of(name.begin(), name.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
  });
  if (invalid_utf8_at(name) || control)
    return fail(Cause::config,
                fmt::format("the name '{}' holds bytes that are no text", replace_invalid_utf8(name)));
  return {};
}

Result<std::string> read_link(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::read_symlink(path, error);
  if (error) return fail(system_error("cannot read the link", path, error.value()));
  return target.string();
}

class Lister {
public:
  Lister(const std::string& root, TreeLimits limits) : root_(root), limits_(limits) {}

  Result<std::vector<TreeEntry>> list() {
    DEPLOYCTL_CHECK(directory("", 0));
    std::sort(entries_.begin(), entries_.end(),
              [](const TreeEntry& a, const TreeEntry& b) { return a.name < b.name; });
    return std::move(entries_);
  }

private:
  Status directory(const std::string& name, int depth) {
    const std::string path = name.empty() ? root_ : root_ + "/" + name;
    if (depth > limits_.depth)
      return fail(Cause::config, fmt::format("'{}' is more than {} directories deep", path, limits_.depth));
    std::error_code error;
    for (fs::directory_iterator at(path, error), end; !error && at != end; at.increment(error)) {
      const std::string child = at->path().filename().string();
      if (std::ranges::find(limits_.without, child) != limits_.without.end()) continue;
      DEPLOYCTL_CHECK(entry(name.empty() ? child : fmt::format("{}/{}", name, child), depth));
    }
    if (error) return fail(system_error("cannot list", path, error.value()));
    return {};
  }

  Status entry(const std::string& name, int depth) {
    DEPLOYCTL_CHECK(check_name(name));
    const std::string path = root_ + "/" + name;
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return fail(system_error("cannot read", path, errno));
    if (S_ISDIR(status.st_mode)) return directory(name, depth + 1);
    if (entries_.size() >= limits_.entries)
      return fail(Cause::config, fmt::format("'{}' holds more than {} files", root_, limits_.entries));
    if (S_ISLNK(status.st_mode)) {
      DEPLOYCTL_TRY(std::string target, read_link(path));
      entries_.push_back({.name = name, .link = std::move(target)});
      return {};
    }
    if (!S_ISREG(status.st_mode))
      return fail(Cause::config, fmt::format("'{}' is neither a file nor a directory nor a link", path));
    entries_.push_back({.name = name,
                        .mode = status.st_mode & 07777U,
                        .size = static_cast<std::uint64_t>(status.st_size),
                        .link = {}});
    return {};
  }

  const std::string& root_;
  TreeLimits limits_;
  std::vector<TreeEntry> entries_;
};

} // namespace

Result<std::vector<TreeEntry>> list_tree(const std::string& root, TreeLimits limits) {
  return Lister(root, limits).list();
}

Status remove_tree(const std::string& path) {
  std::error_code error;
  fs::remove_all(path, error);
  if (error) return fail(system_error("cannot remove", path, error.value()));
  return {};
}

Result<TemporaryDirectory> TemporaryDirectory::create(const std::string& parent, const std::string& prefix) {
  std::string path = parent + "/" + prefix + "XXXXXX";
  if (!::mkdtemp(path.data())) return fail(system_error("cannot create a directory in", parent, errno));
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  std::swap(path_, other.path_);
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored; // a destructor cannot tell; what stays is under the system's temporary directory
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

} // namespace deployctl::os
