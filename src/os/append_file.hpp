// A file that only grows, durably: what the journal is written to. A port, so that tests inject EIO and
// ENOSPC. After an error the caller must not use the file again: the kernel may have dropped what it could
// not write.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::os {

class AppendFile {
public:
  virtual ~AppendFile() = default;
  // Writes behind the last append. Not durable before sync().
  virtual Status append(std::string_view bytes) = 0;
  virtual Status sync() = 0;
  // Room for `more` bytes behind the end, so that appending them needs no new space. Cause::capacity: there
  // is none, and nothing was changed.
  virtual Status reserve(std::uint64_t) { return {}; }
  // Gives back the space that was reserved and not used. The file is not used after this.
  virtual Status finish() = 0;
};

// Space is reserved and filled with zeros in steps of this many bytes, so that a later append needs no
// metadata and a full disk is found before it matters.
inline constexpr std::uint64_t append_step = 1U << 20;

// Creates `path` (mode 0600, must not exist) holding `first`; it appears under its name only when that is
// durable.
Result<std::unique_ptr<AppendFile>> create_append_file(const std::string& path, std::string_view first);
// Goes on behind byte `size` of an existing file; what stood there is cut off.
Result<std::unique_ptr<AppendFile>> continue_append_file(const std::string& path, std::uint64_t size);

} // namespace deployctl::os
