// The messages of one notice on their way out: one after the other, on a thread of their own, so that nobody
// waits for who is told. What is sent is the caller's; see notices.hpp.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

namespace deployctl::engine {

struct NoticeJob {
  std::string about; // "succeeded"
  std::function<Status(const std::stop_token&)> send;
};

struct NoticeOutcome {
  std::string about;
  Status sent;
};

class NoticeQueue {
public:
  // `abandon`: nothing is waited for any more.
  explicit NoticeQueue(std::stop_token abandon);
  ~NoticeQueue() = default; // what was not sent is dropped
  NoticeQueue(const NoticeQueue&) = delete;
  NoticeQueue& operator=(const NoticeQueue&) = delete;

  void add(NoticeJob job);
  // Waits until all is sent, at most `limit`; then stops, and says in order what became of each. Adding
  // afterwards is a bug.
  std::vector<NoticeOutcome> finish(std::chrono::nanoseconds limit);

private:
  void work(const std::stop_token& stop);

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<NoticeJob> jobs_; // guarded by mutex_, like the rest
  std::vector<NoticeOutcome> outcomes_;
  bool sending_ = false;
  std::jthread worker_; // below what it uses; started by the first job
  std::optional<std::stop_callback<std::function<void()>>> on_abandon_;
  std::stop_token abandon_;
};

} // namespace deployctl::engine
