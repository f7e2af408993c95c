#include "secrets/local_files.hpp"

#include <fmt/core.h>

namespace deployctl::secrets {

Result<std::string> local_path(const std::string& written, const Sources& sources) {
  if (written.starts_with('/')) return written;
  if (written != "~" && !written.starts_with("~/")) return sources.directory + "/" + written;
  const auto home = sources.environment.find("HOME");
  if (home == sources.environment.end() || home->second.empty())
    return fail(Cause::config, fmt::format("'{}' needs the variable HOME, which is not set", written));
  return home->second + written.substr(1);
}

Result<std::string> read_local(const std::string& written, const Sources& sources) {
  DEPLOYCTL_TRY(const std::string path, local_path(written, sources));
  return sources.read_file(path, value_limit);
}

} // namespace deployctl::secrets
