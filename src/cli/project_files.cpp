#include "cli/project_files.hpp"

#include "os/files.hpp"

namespace deployctl::cli {

Result<std::string> ProjectFiles::find(const std::string& path, const std::string& sha256) {
  if (blobs_.contains(sha256)) return blobs_.path_of(sha256);
  return os::resolve_below(root_, path);
}

Result<std::string> ProjectFiles::read(const std::string& path, std::size_t limit) {
  DEPLOYCTL_TRY(const std::string real, os::resolve_below(root_, path));
  return os::read_file(real, limit);
}

} // namespace deployctl::cli
