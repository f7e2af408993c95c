// An advisory lock between processes of one machine: flock on a file that is never deleted (deleting it would
// let two holders lock two files of one name). Not inherited by children; released by the kernel when the
// holder dies.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/ports/clock.hpp>
#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

namespace deployctl::os {

class FileLock {
public:
  // Nothing when another holder has it.
  static Result<std::optional<FileLock>> try_acquire(const std::string& path);
  // Waits up to `limit`, asking again every 100 ms at most; nothing when the time is over. Cause::cancelled
  // on a stop.
  static Result<std::optional<FileLock>> acquire(const std::string& path, const Clock& clock,
                                                 Milliseconds limit, std::stop_token stop = {});
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;
  ~FileLock(); // releases

private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

} // namespace deployctl::os
