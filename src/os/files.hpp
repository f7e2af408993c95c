// Files of this machine: whole reads with a limit, writes that are either old or new after a crash, paths
// that stay below a root. Errors: not_found, permission, capacity (full disk or quota), else internal with
// the system's words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::os {

// Error of the last system call: "cannot open '/a': permission denied".
Error system_error(std::string_view doing, std::string_view path, int code);

// A regular file of at most `limit` bytes; never blocks on a pipe or device.
Result<std::string> read_file(const std::string& path, std::size_t limit);

// The same without a limit, piece by piece; ends early when `take` fails.
Status stream_file(const std::string& path, const std::function<Status(std::string_view)>& take);

// Temporary file beside it, fsync, rename, fsync of the directory. Permission bits are exactly `mode`.
Status atomic_write(const std::string& path, std::string_view bytes, unsigned mode = 0644);

// The directory and its missing parents. Nothing to do is success.
Status make_directories(const std::string& path, unsigned mode = 0755);
Status sync_directory(const std::string& path);

struct FileFacts {
  std::uint64_t size = 0;
  unsigned mode = 0;  // permission bits
  std::string sha256; // hex; empty when only looked at
};
// Both follow a symbolic link. Reads once, in pieces.
Result<FileFacts> hash_file(const std::string& path);
// Opens it and reads nothing: that it is a file which may be read is known then.
Result<FileFacts> look_at_file(const std::string& path);

// The real path of `path` (relative to `root`) with every link resolved. Cause::config if it lies outside
// `root`, not_found if it does not exist.
Result<std::string> resolve_below(const std::string& root, const std::string& path);

// Bytes that this user may still write on the file system of `path`.
Result<std::uint64_t> free_space(const std::string& path);

} // namespace deployctl::os
