// The bytes around files in a tar: headers as every tar since 1988 reads them, with GNU's entries for long
// names. Pure; archives that are read or kept are os/archive.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace deployctl::ssh {

struct TarEntry {
  std::string_view name;
  std::uint64_t size = 0; // of a file
  unsigned mode = 0644;
  std::string_view link = {}; // target of a symbolic link; empty for a file
};

// Then `size` bytes and the padding.
std::string tar_header(const TarEntry& entry);
std::string tar_padding(std::uint64_t size);
std::string tar_file(std::string_view name, std::string_view bytes); // a whole one, mode 0600
std::string tar_end();

} // namespace deployctl::ssh
