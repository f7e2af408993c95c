#include "engine/claim.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include <fmt/core.h>

#include "base/time.hpp"
#include "engine/endings.hpp"

namespace deployctl::engine {

namespace {

Ending skipped(const Environment& environment, const Error& held) {
  environment.events.emit({.type = "lock_waiting", .message = "skipped: " + held.message});
  return {.exit_code = exit_code::done, .outcome = Outcome::skipped};
}

// The guard, or why there is none.
Claim answered(const Environment& environment, const state::StackState& stack, const ApplyOptions& options,
               Result<state::Acquired> acquired) {
  if (!acquired) return refused(acquired.error());
  if (const auto* held = std::get_if<state::Held>(&*acquired)) {
    const Error error = state::held_error(stack.name(), *held);
    if (options.lock_policy == LockPolicy::skip) return skipped(environment, error);
    return refused(exit_code::locked, error);
  }
  environment.events.emit(
      {.type = "lock_acquired", .message = fmt::format("'{}' is locked by this run", stack.name())});
  return std::get<state::LockGuard>(*std::move(acquired));
}

std::string waiting_sentence(std::chrono::nanoseconds waited, Milliseconds limit) {
  return fmt::format("still waiting for the lock, {} of at most {}",
                     format_age(std::chrono::duration_cast<Milliseconds>(waited)), format_age(limit));
}

// In slices, so that a log tells now and then that it is still this.
template <class Take>
Result<state::Acquired> wait_for_lock(const Environment& environment, Milliseconds limit, const Take& take) {
  const Milliseconds slice = environment.heartbeat;
  const auto began = environment.ports.clock.boot();
  while (true) {
    const auto asked = environment.ports.clock.boot();
    const auto left = std::chrono::ceil<Milliseconds>(began + limit - asked);
    Result<state::Acquired> acquired = take(std::clamp(left, Milliseconds(0), slice));
    const auto waited = environment.ports.clock.boot() - began;
    // A person's lock is answered at once, however long one would wait.
    const bool was_answered = environment.ports.clock.boot() - asked < slice;
    if (!acquired || !std::holds_alternative<state::Held>(*acquired) || left <= slice || was_answered)
      return acquired;
    environment.events.emit({.type = "heartbeat", .message = waiting_sentence(waited, limit)});
  }
}

} // namespace

Claim claim(const Environment& environment, const state::StackState& stack, const std::string& run,
            const ApplyOptions& options) {
  const state::Holder holder = state::this_process(
      run, environment.command, format_time(environment.ports.clock.wall()), environment.variables);
  const auto take = [&](std::optional<Milliseconds> wait) {
    return state::acquire(stack, holder, environment.ports.clock, wait, environment.interrupts.wind_down);
  };
  auto acquired = take(std::nullopt);
  const auto* held = acquired ? std::get_if<state::Held>(&*acquired) : nullptr;
  if (!held || options.lock_policy != LockPolicy::wait)
    return answered(environment, stack, options, std::move(acquired));
  environment.events.emit(
      {.type = "lock_waiting",
       .message = "waiting for the lock: " + state::held_error(stack.name(), *held).message,
       .fields = Value::Map{{"holder", state::to_value(held->holder)},
                            {"limit_ms", static_cast<std::int64_t>(options.lock_wait.count())}}});
  return answered(environment, stack, options, wait_for_lock(environment, options.lock_wait, take));
}

} // namespace deployctl::engine
