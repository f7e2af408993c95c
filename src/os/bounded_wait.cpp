#include "os/bounded_wait.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace deployctl::os {

using std::chrono::nanoseconds;

BoundedWait::BoundedWait(const Clock& clock, std::optional<Milliseconds> limit, std::stop_token stop,
                         std::string subject)
    : clock_(clock), limit_(limit), subject_(std::move(subject)), stop_(std::move(stop)),
      callback_(stop_, [this] { wake_.notify(); }) {
  if (limit_) deadline_ = clock_.boot() + *limit_;
}

Status BoundedWait::any_of(std::span<pollfd> entries) {
  return wait(entries, std::nullopt);
}

Status BoundedWait::ready(int descriptor, short events) {
  std::array<pollfd, 1> entry{pollfd{.fd = descriptor, .events = events, .revents = 0}};
  return wait(entry, std::nullopt);
}

Status BoundedWait::pause(Milliseconds duration, int descriptor) {
  std::array<pollfd, 1> entry{pollfd{.fd = descriptor, .events = POLLIN, .revents = 0}};
  return wait(entry, clock_.boot() + duration);
}

Status BoundedWait::wait(std::span<pollfd> entries, std::optional<nanoseconds> pause_end) {
  constexpr nanoseconds longest = std::chrono::minutes(1); // poll counts in int; the loop asks again
  std::vector<pollfd> all(entries.begin(), entries.end());
  all.push_back({.fd = wake_.descriptor(), .events = POLLIN, .revents = 0});
  for (;;) {
    if (stop_.stop_requested())
      return fail(Cause::cancelled, fmt::format("stopped waiting for {}", subject_));
    const nanoseconds now = clock_.boot();
    if (pause_end && now >= *pause_end) return {};
    nanoseconds left = longest;
    if (pause_end) left = std::min(left, *pause_end - now);
    if (deadline_) left = std::clamp(*deadline_ - now, nanoseconds(0), left);
    const auto limit = static_cast<int>(std::chrono::ceil<Milliseconds>(left).count());
    if (::poll(all.data(), all.size(), limit) > 0) {
      std::copy_n(all.begin(), entries.size(), entries.begin());
      const auto is_ready = [](const pollfd& entry) { return entry.revents != 0; };
      if (std::any_of(entries.begin(), entries.end(), is_ready)) return {};
    }
    if (deadline_ && clock_.boot() >= *deadline_)
      return fail(Cause::timeout,
                  fmt::format("timed out after {} ms waiting for {}", limit_->count(), subject_));
  }
}

} // namespace deployctl::os
