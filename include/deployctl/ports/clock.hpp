// Time and randomness as parameters, so that tests and rehearsals own both.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>

namespace deployctl {

class Clock {
public:
  virtual ~Clock() = default;
  // Wall time for people and records. Never used to measure.
  [[nodiscard]] virtual std::chrono::system_clock::time_point wall() const = 0;
  // Monotonic and counting suspend (CLOCK_BOOTTIME): for durations, deadlines and leases.
  [[nodiscard]] virtual std::chrono::nanoseconds boot() const = 0;
};

class Random {
public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
};

} // namespace deployctl
