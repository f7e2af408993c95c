// The machine of a rehearsal: a clock that stands still until the engine would wait, chance from a seed, and
// ports that refuse everything.
#pragma once

#include <atomic>
#include <mutex>

#include "engine/rehearsal/dice.hpp"
#include "engine/rehearsal/untouched.hpp"

namespace deployctl::engine::rehearsal {

class Machine {
public:
  Machine(std::chrono::system_clock::time_point starts_at, std::uint64_t seed)
      : clock_(starts_at), random_(seed) {}

  [[nodiscard]] Ports ports() {
    const Ports idle = untouched_.ports();
    return {idle.http, idle.hosts, idle.processes, idle.files, clock_, random_};
  }
  void skip_to(std::chrono::nanoseconds boot) { clock_.skip_to(boot); }

private:
  class VirtualClock final : public Clock {
  public:
    explicit VirtualClock(std::chrono::system_clock::time_point starts_at) : starts_at_(starts_at) {}
    [[nodiscard]] std::chrono::system_clock::time_point wall() const override {
      return starts_at_ + std::chrono::duration_cast<std::chrono::system_clock::duration>(boot());
    }
    [[nodiscard]] std::chrono::nanoseconds boot() const override {
      return std::chrono::nanoseconds(now_.load());
    }
    void skip_to(std::chrono::nanoseconds boot) { now_ = std::max(now_.load(), boot.count()); }

  private:
    std::chrono::system_clock::time_point starts_at_;
    std::atomic<std::int64_t> now_{0};
  };

  class SeededRandom final : public Random {
  public:
    explicit SeededRandom(std::uint64_t seed) : dice_(seed) {}
    void fill(std::span<std::byte> out) override {
      const std::lock_guard lock(mutex_);
      for (std::byte& each : out) each = static_cast<std::byte>(dice_.next() & 0xffU);
    }

  private:
    std::mutex mutex_;
    Dice dice_;
  };

  Untouched untouched_;
  VirtualClock clock_;
  SeededRandom random_;
};

} // namespace deployctl::engine::rehearsal
