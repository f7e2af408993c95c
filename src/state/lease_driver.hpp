// Runs the lease protocol over a store that answers at once, in the caller's thread. For the local cell,
// where nothing expires and waiting is the flock's: timers are not kept. Not thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "state/lease.hpp"

namespace deployctl::state {

class LeaseDriver {
public:
  // `store` outlives this. `life`: of a holder, as far as can be seen from here.
  LeaseDriver(const CellStore& store, std::string token, std::function<os::Life(const Holder&)> life);

  // All that was told until every question was answered.
  std::vector<LeaseCommand> ask(LeaseEventBody wish);
  [[nodiscard]] const Lease& lease() const { return lease_; }

private:
  [[nodiscard]] LeaseEventBody answer(const lease::ReadCell& question) const;
  [[nodiscard]] LeaseEventBody answer(const lease::SwapCell& question) const;
  [[nodiscard]] LeaseEventBody answer(const lease::AskLife& question) const;

  const CellStore& store_;
  std::function<os::Life(const Holder&)> life_;
  Lease lease_;
};

// The first of a kind among what was told; nullptr when there is none.
template <class Told>
const Told* told(const std::vector<LeaseCommand>& commands) {
  for (const LeaseCommand& command : commands)
    if (const auto* found = std::get_if<Told>(&command)) return found;
  return nullptr;
}

} // namespace deployctl::state
