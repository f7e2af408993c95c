// Where the files of a tar lie in it, found by reading its headers only: ustar, PAX and GNU forms. For tars
// that are read in place and never unpacked; unpacking is archive.hpp. Trusts nothing: names, sizes and links
// are held against the tar itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>

#include <deployctl/result.hpp>

namespace deployctl::os {

struct TarMember {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

class TarIndex {
public:
  using ReadAt = std::function<Result<std::size_t>(std::uint64_t offset, std::span<char> out)>;

  // Of a tar of `size` bytes. Cause::config when it is damaged, ends early, is compressed, or asks for what
  // is refused: names that lead out of it, files with holes, more than 100,000 entries.
  static Result<TarIndex> read(std::uint64_t size, const ReadAt& read_at);

  // The bytes of a file, also through links within the tar; nothing when it has no such file.
  [[nodiscard]] std::optional<TarMember> find(const std::string& name) const;

  struct Entry {
    TarMember member;
    std::string link; // the name it leads to; empty for a file
  };
  [[nodiscard]] const std::map<std::string, Entry>& entries() const { return entries_; }

private:
  std::map<std::string, Entry> entries_;
};

} // namespace deployctl::os
