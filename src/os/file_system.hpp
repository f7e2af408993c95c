// What kind of file system a path is on, as far as it matters for keeping state there.
#pragma once

#include <string>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct FileSystem {
  std::string name; // "tmpfs"; empty for one that is not in the table: then both hold
  bool survives_reboot = true;
  bool local = true; // locks and renames are seen at once by everyone who sees the files
};

Result<FileSystem> file_system_of(const std::string& path);

} // namespace deployctl::os
