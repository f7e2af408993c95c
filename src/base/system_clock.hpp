// The real clock and the kernel's randomness behind the ports of ports/clock.hpp.
#pragma once

#include <deployctl/ports/clock.hpp>

namespace deployctl {

class SystemClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override;
  [[nodiscard]] std::chrono::nanoseconds boot() const override;
};

class SystemRandom final : public Random {
public:
  void fill(std::span<std::byte> out) override; // thread-safe
};

} // namespace deployctl
