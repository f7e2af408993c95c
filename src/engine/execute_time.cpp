// How the loop of a run waits: timers, limits of jobs, heartbeats.
#include <algorithm>

#include "engine/execute.hpp"

namespace deployctl::engine {

namespace {

constexpr std::chrono::nanoseconds longest_nap =
    std::chrono::seconds(1); // limits and interrupts are seen within it

} // namespace

void Executor::tick() {
  {
    const std::lock_guard lock(finished_mutex_);
    for (const RunningId id : finished_) running_.erase(id);
    finished_.clear();
  }
  fire_timers();
  enforce_limits();
  beat();
}

void Executor::fire_timers() {
  while (!timers_.empty() && timers_.begin()->first <= now() && !scheduler_.finished()) {
    const std::uint64_t token = timers_.begin()->second;
    timers_.erase(timers_.begin());
    give(TimerFired{token});
  }
}

void Executor::enforce_limits() {
  for (auto& [id, running] : running_)
    if (running.limit && *running.limit <= now()) {
      running.late->store(true);
      running.stop.request_stop();
    }
}

void Executor::beat() {
  if (now() < next_beat_) return;
  next_beat_ = now() + environment_.heartbeat;
  for (const auto& [id, running] : running_) {
    std::optional<std::chrono::nanoseconds> limit;
    if (running.limit) limit = *running.limit - running.since;
    events_.heartbeat(running.what, now() - running.since, limit);
  }
}

std::chrono::nanoseconds Executor::next_moment() const {
  std::chrono::nanoseconds next = next_beat_;
  if (!timers_.empty()) next = std::min(next, timers_.begin()->first);
  for (const auto& [id, running] : running_)
    if (running.limit && !running.stop.stop_requested()) next = std::min(next, *running.limit);
  return next;
}

std::optional<ReportBody> Executor::next_report() {
  if (scheduler_.finished()) return std::nullopt;
  const bool idle = running_.empty();
  const std::chrono::nanoseconds nap = next_moment() - now();
  if (idle && environment_.skip_to && !timers_.empty()) {
    auto report = mailbox_.take(std::chrono::nanoseconds{0});
    if (!report) environment_.skip_to(timers_.begin()->first);
    return report;
  }
  return mailbox_.take(std::clamp(nap, std::chrono::nanoseconds{0}, longest_nap));
}

} // namespace deployctl::engine
