#include "vcs/export_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace deployctl::vcs {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> system_failure(const std::string& doing, int number) {
  return fail(number == EACCES   ? Cause::permission
              : number == ENOSPC ? Cause::capacity
                                 : Cause::internal,
              doing + ": " + std::strerror(number));
}

bool is_confined(const std::string& path) {
  const fs::path parts(path);
  return parts.is_relative() && std::none_of(parts.begin(), parts.end(), [](const fs::path& part) {
           return part == ".." || part == "." || part.empty() || part == ".git";
         });
}

Status write_all(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_failure("cannot write '" + path + "'", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status write_file(const std::string& path, FileMode mode, std::string_view bytes) {
  const mode_t permissions = mode == FileMode::executable ? 0755 : 0644;
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, permissions);
  if (file < 0) return system_failure("cannot create '" + path + "'", errno);
  Status written = write_all(file, bytes, path);
  // The mode of the tree, whatever this process's umask is.
  const bool chmodded = ::fchmod(file, permissions) == 0;
  const int number = errno;
  if (::close(file) != 0 && written) return system_failure("cannot write '" + path + "'", errno);
  if (written && !chmodded) return system_failure("cannot set the mode of '" + path + "'", number);
  return written;
}

Status make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  if (error) return system_failure("cannot create '" + path.string() + "'", error.value());
  return {};
}

Status write_entry(const GitStore& store, const TreeEntry& entry, const fs::path& path) {
  if (entry.mode == FileMode::submodule) return make_folder(path);
  DEPLOYCTL_CHECK(make_folder(path.parent_path()));
  return store.read_blob(entry.object, [&](std::string_view bytes) -> Status {
    if (entry.mode != FileMode::link) return write_file(path.string(), entry.mode, bytes);
    if (::symlink(std::string(bytes).c_str(), path.c_str()) == 0) return {};
    return system_failure("cannot create '" + path.string() + "'", errno);
  });
}

} // namespace

Status write_entries(const GitStore& store, const std::vector<TreeEntry>& entries,
                     const std::string& directory) {
  if (fs::exists(fs::symlink_status(directory)))
    return fail(Cause::conflict, "'" + directory + "' exists already");
  for (const TreeEntry& entry : entries)
    if (!is_confined(entry.path))
      return fail(Cause::policy, "git: the path '" + entry.path + "' is not a safe one");
  DEPLOYCTL_CHECK(make_folder(directory));
  // Links last: no file can be written through one.
  for (const bool links : {false, true})
    for (const TreeEntry& entry : entries)
      if ((entry.mode == FileMode::link) == links)
        DEPLOYCTL_CHECK(write_entry(store, entry, fs::path(directory) / entry.path));
  return {};
}

} // namespace deployctl::vcs
