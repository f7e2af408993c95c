#include "engine/notice_queue.hpp"

#include <exception>
#include <utility>

namespace deployctl::engine {

namespace {

// A bug in what sends must not take the run with it.
Status attempt(const NoticeJob& job, const std::stop_token& stop) {
  try {
    return job.send(stop);
  } catch (const std::exception& bug) {
    return fail(Cause::internal, bug.what());
  }
}

} // namespace

NoticeQueue::NoticeQueue(std::stop_token abandon) : abandon_(std::move(abandon)) {}

void NoticeQueue::add(NoticeJob job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  if (worker_.joinable()) return;
  worker_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  on_abandon_.emplace(abandon_, [this] { worker_.request_stop(); });
}

void NoticeQueue::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (changed_.wait(lock, stop, [this] { return !jobs_.empty(); }) && !stop.stop_requested()) {
    const NoticeJob job = std::move(jobs_.front());
    jobs_.pop_front();
    sending_ = true;
    lock.unlock();
    Status sent = attempt(job, stop);
    lock.lock();
    sending_ = false;
    outcomes_.push_back({job.about, std::move(sent)});
    changed_.notify_all();
  }
}

std::vector<NoticeOutcome> NoticeQueue::finish(std::chrono::nanoseconds limit) {
  if (!worker_.joinable()) return {};
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, worker_.get_stop_token(), limit, [this] { return jobs_.empty() && !sending_; });
  }
  worker_.request_stop();
  on_abandon_.reset();
  worker_.join();
  for (NoticeJob& job : jobs_)
    outcomes_.push_back({std::move(job.about), fail(Cause::timeout, "there was no time left to send it")});
  jobs_.clear();
  return std::exchange(outcomes_, {});
}

} // namespace deployctl::engine
