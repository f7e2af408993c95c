#include "cli/project_files.hpp"

#include "os/files.hpp"

namespace deployctl::cli {

Result<std::string> ProjectFiles::read(const std::string& path, std::size_t limit) {
  DEPLOYCTL_TRY(const std::string real, os::resolve_below(root_, path));
  return os::read_file(real, limit);
}

} // namespace deployctl::cli
