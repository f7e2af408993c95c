// A bounded set of threads for the jobs of a run. Threads start when first needed; the destructor waits for
// the jobs that run and drops those that do not.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace deployctl::engine {

class WorkerPool {
public:
  explicit WorkerPool(std::size_t most) : most_(most) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  void run(std::function<void()> job); // must not throw
  // Drops what has not begun; false when something still runs after `limit`.
  bool ends_within(std::chrono::nanoseconds limit);

private:
  void work(const std::stop_token& stop);

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<std::function<void()>> jobs_; // guarded by mutex_, like the rest
  std::size_t idle_ = 0;
  std::size_t working_ = 0;
  std::condition_variable_any worked_; // a job has ended
  std::vector<std::jthread> threads_;
};

} // namespace deployctl::engine
