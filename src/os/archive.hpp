// Archives; the one wrapper of libarchive. Extraction trusts nothing in the archive: no absolute names, no
// "..", no link that leaves the directory, no devices, no setuid bits, and caps on entries and bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct ArchiveLimits {
  std::uint64_t entries = 100'000;
  std::uint64_t bytes = 8ULL << 30; // of all files together, unpacked
};

// tar, tar.gz, tar.xz, tar.zst or zip, told apart by content, into an existing empty directory. Cause::config
// when the archive is damaged or asks for what is refused; the directory may then hold a part of it.
Status extract_archive(const std::string& path, const std::string& directory, ArchiveLimits limits = {});
Status extract_archive_bytes(std::string_view bytes, const std::string& directory, ArchiveLimits limits = {});

// A tar (PAX) of list_tree(directory), reproducible: sorted, owner 0, time 0, modes kept.
Result<std::string> make_tar(const std::string& directory, std::uint64_t limit = 1ULL << 30);

} // namespace deployctl::os
