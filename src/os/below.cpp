#include "os/below.hpp"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.hpp"
#include "os/files.hpp"

namespace deployctl::os {

std::string directory_of(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return slash == std::string::npos ? std::string() : name.substr(0, slash);
}

bool is_name_below(std::string_view name) {
  const auto parts = split(name, '/');
  const auto is_control = [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f; };
  return std::none_of(name.begin(), name.end(), is_control) &&
         std::none_of(parts.begin(), parts.end(),
                      [](std::string_view part) { return part.empty() || part == "." || part == ".."; });
}

// The directory `path` below `root`, made where it is missing; a link on the way is refused.
Result<Descriptor> open_below(const Descriptor& root, const std::string& path) {
  Descriptor at(::openat(root.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  for (const std::string_view part : split(path, '/')) {
    if (part.empty()) break;
    const std::string name(part);
    if (::mkdirat(at.get(), name.c_str(), 0755) != 0 && errno != EEXIST)
      return fail(system_error("cannot create the directory", path, errno));
    Descriptor next(::openat(at.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!next.is_open()) return fail(system_error("cannot open the directory", path, errno));
    at = std::move(next);
  }
  if (!at.is_open()) return fail(system_error("cannot open the directory", path, errno));
  return at;
}

Status write_all(const Descriptor& file, std::string_view bytes, const std::string& shown_path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return fail(system_error("cannot write", shown_path, errno));
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

} // namespace deployctl::os
