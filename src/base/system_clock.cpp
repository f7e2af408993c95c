#include "base/system_clock.hpp"

#include <cerrno>
#include <ctime>
#include <system_error>

#include <sys/random.h>

namespace deployctl {

std::chrono::system_clock::time_point SystemClock::wall() const {
  return std::chrono::system_clock::now();
}

std::chrono::nanoseconds SystemClock::boot() const {
  timespec now{};
  if (::clock_gettime(CLOCK_BOOTTIME, &now) != 0)
    throw std::system_error(errno, std::generic_category(), "CLOCK_BOOTTIME");
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

void SystemRandom::fill(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "getrandom");
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

} // namespace deployctl
