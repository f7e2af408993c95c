#include "registry/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

namespace deployctl::registry {

Status for_all(std::size_t count, std::size_t at_once, const Job& job, const std::stop_token& stop) {
  std::stop_source own;
  const std::stop_callback pass_on(stop, [&own] { own.request_stop(); });
  std::atomic<std::size_t> next = 0;
  std::mutex mutex; // guards first
  Status first;
  const auto work = [&] {
    for (std::size_t index = next++; index < count && !own.stop_requested(); index = next++) {
      Status done = job(index, own.get_token());
      if (done) continue;
      const std::lock_guard lock(mutex);
      if (first) first = std::move(done);
      own.request_stop();
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < std::min(count, at_once); ++i) threads.emplace_back(work);
    work();
  }
  if (first && stop.stop_requested()) return fail(Cause::cancelled, "stopped before all was done");
  return first;
}

} // namespace deployctl::registry
