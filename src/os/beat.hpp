// Calls a function again and again on a thread of its own, at a fixed interval after each return. That thread
// takes no signals.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>

namespace deployctl::os {

class Beat {
public:
  Beat(std::chrono::milliseconds interval, std::function<void()> call);
  Beat(const Beat&) = delete;
  Beat& operator=(const Beat&) = delete;
  // Returns when a call that is under way has.
  ~Beat() = default;

private:
  void run(const std::stop_token& stop);

  std::chrono::milliseconds interval_;
  std::function<void()> call_;
  std::mutex mutex_;
  std::condition_variable_any never_; // only its timeout and the stop end a wait
  std::jthread thread_;               // last: it uses the others
};

} // namespace deployctl::os
