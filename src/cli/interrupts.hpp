// Ctrl-C, SIGTERM and --timeout as the engine's two levels: the first asks it to wind down, the second, or
// three seconds after SIGTERM, to abandon what is under way. A timeout is patient: every stage has a limit.
// Every one is said to the person.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include <deployctl/ports/clock.hpp>
#include <deployctl/strategy.hpp>

#include "engine/environment.hpp"
#include "os/signals.hpp"

namespace deployctl::cli {

inline constexpr Milliseconds abandon_after{3'000};

class Interruption {
public:
  // `say` is called on another thread, once for each level reached. Create before any other thread.
  Interruption(std::optional<Milliseconds> timeout, std::function<void(const std::string&)> say);
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  [[nodiscard]] engine::Interrupts interrupts();

  // What a signal does; public for tests.
  void on_signal(int signal);

private:
  void wind_down(int signal, const std::string& why, bool is_patient);
  void abandon_soon();
  void abandon();
  void wait_for_deadlines(const std::stop_token& stop);

  std::function<void(const std::string&)> say_;
  std::atomic<int> signal_{0};         // the first that came: SIGINT or SIGTERM
  std::atomic<bool> timed_out_{false}; // the timeout winds down; no signal has come since
  std::stop_source wind_down_;
  std::stop_source abandon_;
  std::mutex mutex_; // guards the two below
  std::condition_variable_any changed_;
  std::optional<std::chrono::steady_clock::time_point> timeout_at_;
  std::optional<std::chrono::steady_clock::time_point> abandon_at_;
  std::jthread deadlines_;
  std::optional<os::SignalWatch> watch_; // last: its thread calls on_signal
};

} // namespace deployctl::cli
