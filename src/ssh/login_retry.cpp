#include "ssh/login_retry.hpp"

#include <cstdint>
#include <optional>
#include <span>

#include "os/bounded_wait.hpp"

namespace deployctl::ssh {
namespace {

constexpr int most_logins = 4; // the first and three behind drops

Milliseconds jittered(Random& random, int attempt) {
  constexpr unsigned shortest = 100;
  std::uint32_t dice = 0;
  random.fill(std::as_writable_bytes(std::span(&dice, 1)));
  const unsigned range = shortest << static_cast<unsigned>(attempt);
  return Milliseconds(range + dice % range);
}

} // namespace

bool is_final(const Error& error) {
  return error.cause == Cause::auth || error.cause == Cause::tls || error.cause == Cause::config;
}

std::shared_ptr<Slots> logins_at(RunContext& run, const std::string& address) {
  const std::scoped_lock lock(run.logins_mutex);
  std::shared_ptr<Slots>& known = run.logins[address];
  if (!known) known = Slots::create(run.limits.logins, "a login at " + address);
  return known;
}

Result<bool> pause_after_drop(RunContext& run, Slots& logins, Slots::Place place, int& attempt,
                              const std::stop_token& stop) {
  // From now on fewer log in there. This ends, as places do.
  if (!logins.lower() && ++attempt > most_logins) return false;
  place = {};
  os::BoundedWait wait(run.clock, std::nullopt, stop, "another login");
  DEPLOYCTL_CHECK(wait.pause(jittered(run.random, attempt)));
  return true;
}

} // namespace deployctl::ssh
