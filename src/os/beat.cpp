#include "os/beat.hpp"

#include <utility>

#include "os/signals.hpp"

namespace deployctl::os {

Beat::Beat(std::chrono::milliseconds interval, std::function<void()> call)
    : interval_(interval), call_(std::move(call)) {
  const SignalsBlocked inherited;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void Beat::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    call_();
    never_.wait_for(lock, stop, interval_, [] { return false; });
  }
}

} // namespace deployctl::os
