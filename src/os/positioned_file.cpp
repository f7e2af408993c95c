#include "os/positioned_file.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/core.h>

#include "os/files.hpp"

namespace deployctl::os {

Result<PositionedFile> PositionedFile::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0)
    return fail(system_error("cannot read", path, errno));
  if (!S_ISREG(status.st_mode)) return fail(Cause::config, fmt::format("'{}' is not a regular file", path));
  return PositionedFile(path, std::move(file), static_cast<std::uint64_t>(status.st_size));
}

Result<std::size_t> PositionedFile::read(std::uint64_t offset, std::span<char> out) const {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t got =
        ::pread(file_.get(), out.data() + filled, out.size() - filled, static_cast<off_t>(offset + filled));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(system_error("cannot read", path_, errno));
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

} // namespace deployctl::os
