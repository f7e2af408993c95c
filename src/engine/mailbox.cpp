#include "engine/mailbox.hpp"

#include <utility>

namespace deployctl::engine {

void Mailbox::post(ReportBody report) {
  {
    const std::lock_guard lock(mutex_);
    reports_.push_back(std::move(report));
  }
  arrived_.notify_one();
}

void Mailbox::post(std::exception_ptr bug) {
  {
    const std::lock_guard lock(mutex_);
    if (!bug_) bug_ = std::move(bug);
  }
  arrived_.notify_one();
}

std::optional<ReportBody> Mailbox::take(std::chrono::nanoseconds limit) {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, limit, [this] { return bug_ || !reports_.empty(); });
  if (bug_) std::rethrow_exception(bug_);
  if (reports_.empty()) return std::nullopt;
  ReportBody report = std::move(reports_.front());
  reports_.pop_front();
  return report;
}

} // namespace deployctl::engine
