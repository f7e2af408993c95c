// How often a login is tried: once, and again only when the server dropped it unseen because of too many at
// the same time (MaxStartups). Then fewer log in at that address.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <deployctl/error.hpp>
#include <deployctl/result.hpp>

#include "ssh/run_context.hpp"

namespace deployctl::ssh {

// Trying again would be a second attempt at a login that was refused, or at a host that may be another one.
bool is_final(const Error& error);

std::shared_ptr<Slots> logins_at(RunContext& run, const std::string& address);
// Whether the one whose login was dropped may try again, after a pause. `attempt` counts the drops that
// others did not cause. Error when stopped.
Result<bool> pause_after_drop(RunContext& run, Slots& logins, Slots::Place place, int& attempt,
                              const std::stop_token& stop);

// `log_in()` gives a Result; it holds one of the places for logins at `address`.
template <class LogIn>
auto retry_dropped_logins(RunContext& run, const std::string& address, const std::stop_token& stop,
                          LogIn log_in) -> decltype(log_in()) {
  const std::shared_ptr<Slots> logins = logins_at(run, address);
  for (int attempt = 1;;) {
    DEPLOYCTL_TRY(Slots::Place place, logins->take(stop));
    auto done = log_in();
    if (done || !done.error().retryable) return done;
    DEPLOYCTL_TRY(const bool again, pause_after_drop(run, *logins, std::move(place), attempt, stop));
    if (!again) return done;
  }
}

} // namespace deployctl::ssh
