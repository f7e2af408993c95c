// Where jobs and interrupts leave their reports, and where the one loop of a run waits. Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>

#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

class Mailbox {
public:
  void post(ReportBody report);
  // A job that threw: a bug, passed on to the loop, which throws it again.
  void post(std::exception_ptr bug);
  // The next report; none when `limit` passes first.
  std::optional<ReportBody> take(std::chrono::nanoseconds limit);

private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<ReportBody> reports_; // guarded by mutex_, like the next
  std::exception_ptr bug_;
};

} // namespace deployctl::engine
