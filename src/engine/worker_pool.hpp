// A bounded set of threads for the jobs of a run. Threads start when first needed; the destructor waits for
// the jobs that run and drops those that do not.
#pragma once

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

private:
  void work(const std::stop_token& stop);

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<std::function<void()>> jobs_; // guarded by mutex_, like the rest
  std::size_t idle_ = 0;
  std::vector<std::jthread> threads_;
};

} // namespace deployctl::engine
