#include "engine/claim.hpp"

#include <utility>

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
       .fields = Value::Map{{"holder", state::to_value(held->holder)}}});
  return answered(environment, stack, options, take(options.lock_wait));
}

} // namespace deployctl::engine
