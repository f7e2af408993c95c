#include "os/new_file.hpp"

#include <cerrno>

#include <fcntl.h>

#include <fmt/core.h>

#include "os/below.hpp"
#include "os/files.hpp"

namespace deployctl::os {

Result<NewFile> NewFile::create(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file.is_open() && errno == EEXIST)
    return fail(Cause::conflict, fmt::format("cannot write '{}': it is there already", path));
  if (!file.is_open()) return fail(system_error("cannot write", path, errno));
  return NewFile(path, std::move(file));
}

Status NewFile::write(std::string_view bytes) {
  return write_all(file_, bytes, path_);
}

} // namespace deployctl::os
