#include "engine/worker_pool.hpp"

#include <utility>

namespace deployctl::engine {

WorkerPool::~WorkerPool() {
  std::vector<std::jthread> threads;
  {
    const std::lock_guard lock(mutex_);
    jobs_.clear();
    threads.swap(threads_);
  }
  for (std::jthread& thread : threads) thread.request_stop();
}

void WorkerPool::run(std::function<void()> job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  if (idle_ < jobs_.size() && threads_.size() < most_)
    threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  arrived_.notify_one();
}

bool WorkerPool::ends_within(std::chrono::nanoseconds limit) {
  std::unique_lock lock(mutex_);
  jobs_.clear();
  return worked_.wait_for(lock, limit, [this] { return working_ == 0; });
}

void WorkerPool::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    const bool found = arrived_.wait(lock, stop, [this] { return !jobs_.empty(); });
    --idle_;
    if (!found) return;
    const std::function<void()> job = std::move(jobs_.front());
    jobs_.pop_front();
    ++working_;
    lock.unlock();
    job();
    lock.lock();
    --working_;
    worked_.notify_all();
  }
}

} // namespace deployctl::engine
