// A regular file that is read at any offset, by several threads at once. Not for whole reads; those are
// files.hpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <deployctl/result.hpp>

#include "os/descriptor.hpp"

namespace deployctl::os {

class PositionedFile {
public:
  // Cause::config when it is a pipe, a device or a directory.
  static Result<PositionedFile> open(const std::string& path);

  [[nodiscard]] std::uint64_t size() const { return size_; } // when it was opened
  // Fills `out` with the bytes from `offset`; fewer only at the end of the file.
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) const;
  [[nodiscard]] const std::string& path() const { return path_; }

private:
  PositionedFile(std::string path, Descriptor file, std::uint64_t size)
      : path_(std::move(path)), file_(std::move(file)), size_(size) {}

  std::string path_;
  Descriptor file_;
  std::uint64_t size_;
};

} // namespace deployctl::os
