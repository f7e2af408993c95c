// Headers of a tar that is written piece by piece: ustar, with PAX records where a name or a size does not
// fit. Equal entries have equal bytes: owner 0, no names of users, one time for all. Reading is
// tar_index.hpp.
#pragma once

#include <cstdint>
#include <string>

namespace deployctl::os {

struct TarEntry {
  std::string name; // relative, '/' between parts
  unsigned mode = 0644;
  std::uint64_t size = 0; // of a file
  std::string link;       // where a symbolic link leads; empty for a file
  std::int64_t time = 0;  // seconds since 1970, not negative
};

// What stands before the entry's bytes.
std::string tar_header(const TarEntry& entry);
// What stands behind them.
std::string tar_padding(std::uint64_t size);
std::string tar_end();

} // namespace deployctl::os
