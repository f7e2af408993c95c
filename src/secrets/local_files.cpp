#include "secrets/local_files.hpp"

#include <fmt/core.h>

#include "base/variables.hpp"

namespace deployctl::secrets {

Result<std::string> local_path(const std::string& written, const Sources& sources) {
  if (written.starts_with('/')) return written;
  if (written != "~" && !written.starts_with("~/")) return sources.directory + "/" + written;
  const std::string* home = find_variable(sources.environment, "HOME");
  if (!home)
    return fail(Cause::config, fmt::format("'{}' needs the variable HOME, which is not set", written));
  return *home + written.substr(1);
}

Result<std::string> read_local(const std::string& written, const Sources& sources) {
  DEPLOYCTL_TRY(const std::string path, local_path(written, sources));
  return sources.read_file(path, value_limit);
}

} // namespace deployctl::secrets
