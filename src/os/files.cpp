#include "os/files.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/strings.hpp"
#include "os/descriptor.hpp"
#include "os/staged_file.hpp"

namespace deployctl::os {
namespace {

Cause cause_of(int code) {
  switch (code) {
  case ENOENT:
  case ENOTDIR:
    return Cause::not_found;
  case EACCES:
  case EPERM:
  case EROFS:
    return Cause::permission;
  case ENOSPC:
  case EDQUOT:
  case EMFILE:
  case ENFILE:
    return Cause::capacity;
  default:
    return Cause::internal;
  }
}

struct SplitPath {
  std::string directory;
  std::string name;
};

SplitPath split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

struct RegularFile {
  Descriptor descriptor;
  struct stat status {};
};

Result<RegularFile> open_regular(const std::string& path) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  RegularFile file{.descriptor =
                       Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY))};
  if (!file.descriptor.is_open() || ::fstat(file.descriptor.get(), &file.status) != 0)
    return fail(system_error("cannot read", path, errno));
  if (!S_ISREG(file.status.st_mode))
    return fail(Cause::config, fmt::format("'{}' is not a regular file", path));
  return file;
}

// Calls `take` with each piece until it returns a failed status or the file ends.
template <class Take>
Status read_pieces(int descriptor, const std::string& path, Take take) {
  constexpr std::size_t piece = 256U << 10;
  const auto buffer = std::make_unique<std::array<char, piece>>();
  while (true) {
    const ssize_t got = ::read(descriptor, buffer->data(), buffer->size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error("cannot read", path, errno));
    if (got == 0) return {};
    DEPLOYCTL_CHECK(take(std::string_view(buffer->data(), static_cast<std::size_t>(got))));
  }
}

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> resolved(::realpath(path.c_str(), nullptr), &std::free);
  if (!resolved) return fail(system_error("cannot find", path, errno));
  return std::string(resolved.get());
}

} // namespace

Error system_error(std::string_view doing, std::string_view path, int code) {
  return {.cause = cause_of(code),
          .message =
              fmt::format("{} '{}': {}", doing, path, to_lower(std::generic_category().message(code)))};
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
  DEPLOYCTL_TRY(const RegularFile file, open_regular(path));
  std::string bytes;
  DEPLOYCTL_CHECK(read_pieces(file.descriptor.get(), path, [&](std::string_view piece) -> Status {
    if (piece.size() > limit - bytes.size())
      return fail(Cause::config, fmt::format("'{}' is larger than {} bytes", path, limit));
    bytes += piece;
    return {};
  }));
  return bytes;
}

Status stream_file(const std::string& path, const std::function<Status(std::string_view)>& take) {
  DEPLOYCTL_TRY(const RegularFile file, open_regular(path));
  return read_pieces(file.descriptor.get(), path, take);
}

Status atomic_write(const std::string& path, std::string_view bytes, unsigned mode) {
  const SplitPath parts = split_path(path);
  const Descriptor directory(::open(parts.directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open()) return fail(system_error("cannot write", path, errno));
  DEPLOYCTL_TRY(StagedFile file, StagedFile::create(directory.get(), parts.name, path));
  DEPLOYCTL_CHECK(file.write(bytes));
  DEPLOYCTL_CHECK(file.publish(mode));
  if (::fsync(directory.get()) != 0) return fail(system_error("cannot sync", parts.directory, errno));
  return {};
}

Status make_directories(const std::string& path, unsigned mode) {
  for (std::size_t end = path.find('/', 1); true; end = path.find('/', end + 1)) {
    const std::string parent = path.substr(0, end);
    if (!parent.empty() && ::mkdir(parent.c_str(), mode) != 0 && errno != EEXIST)
      return fail(system_error("cannot create the directory", parent, errno));
    if (end == std::string::npos) break;
  }
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0)
    return fail(system_error("cannot create the directory", path, errno));
  if (!S_ISDIR(status.st_mode)) return fail(Cause::conflict, fmt::format("'{}' is not a directory", path));
  return {};
}

Status sync_directory(const std::string& path) {
  const Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory.is_open() || ::fsync(directory.get()) != 0)
    return fail(system_error("cannot sync", path, errno));
  return {};
}

Result<FileFacts> hash_file(const std::string& path) {
  DEPLOYCTL_TRY(const RegularFile file, open_regular(path));
  Sha256 hash;
  std::uint64_t size = 0;
  DEPLOYCTL_CHECK(read_pieces(file.descriptor.get(), path, [&](std::string_view piece) -> Status {
    hash.update(piece);
    size += piece.size();
    return {};
  }));
  return FileFacts{.size = size, .mode = file.status.st_mode & 07777U, .sha256 = hash.finish().hex()};
}

Result<FileFacts> look_at_file(const std::string& path) {
  DEPLOYCTL_TRY(const RegularFile file, open_regular(path));
  return FileFacts{.size = static_cast<std::uint64_t>(file.status.st_size),
                   .mode = file.status.st_mode & 07777U,
                   .sha256 = {}};
}

Result<std::string> resolve_below(const std::string& root, const std::string& path) {
  DEPLOYCTL_TRY(const std::string real_root, real_path(root));
  DEPLOYCTL_TRY(std::string found, real_path(path.starts_with('/') ? path : root + "/" + path));
  const std::string prefix = real_root == "/" ? real_root : real_root + "/";
  if (found != real_root && !found.starts_with(prefix))
    return fail(Cause::config, fmt::format("'{}' lies outside '{}'", path, root),
                found == path ? "" : fmt::format("it leads to '{}'", found));
  return found;
}

Result<std::uint64_t> free_space(const std::string& path) {
  struct statvfs status {};
  if (::statvfs(path.c_str(), &status) != 0) return fail(system_error("cannot measure", path, errno));
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

} // namespace deployctl::os
