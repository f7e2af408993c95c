#include "os/file_lock.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/pause.hpp"

namespace deployctl::os {
namespace {

Result<Descriptor> open_lock(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file.is_open()) return fail(system_error("cannot open the lock", path, errno));
  return file;
}

Result<bool> take(const Descriptor& file, const std::string& path) {
  while (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return fail(system_error("cannot lock", path, errno));
  }
  return true;
}

} // namespace

Result<std::optional<FileLock>> FileLock::try_acquire(const std::string& path) {
  DEPLOYCTL_TRY(Descriptor file, open_lock(path));
  DEPLOYCTL_TRY(const bool taken, take(file, path));
  if (!taken) return std::nullopt;
  return FileLock(file.release());
}

Result<std::optional<FileLock>> FileLock::acquire(const std::string& path, const Clock& clock,
                                                  Milliseconds limit, std::stop_token stop) {
  // flock has no deadline of its own and cannot be woken by a stop, so it is asked again at a modest pace.
  constexpr Milliseconds pace{100};
  const auto deadline = clock.boot() + limit;
  DEPLOYCTL_TRY(Descriptor file, open_lock(path));
  while (true) {
    DEPLOYCTL_TRY(const bool taken, take(file, path));
    if (taken) return FileLock(file.release());
    if (stop.stop_requested())
      return fail(Cause::cancelled, "stopped while waiting for the lock '" + path + "'");
    const auto left = std::chrono::ceil<Milliseconds>(deadline - clock.boot());
    if (left <= Milliseconds(0)) return std::nullopt;
    pause(std::min(pace, left), stop);
  }
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

} // namespace deployctl::os
