// Which targets of a step change together: the strategy's numbers turned into waves. Pure. The engine runs
// the waves, with pauses, gates and approvals between them; this only decides who is in which.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <deployctl/strategy.hpp>

namespace deployctl::plan {

struct WaveTarget {
  bool changes = true; // only those are placed
  bool healthy = true; // unhealthy ones go first: they have nothing to lose
};

// How many hosts an amount means: a percentage is of all declared ones, rounded up, at least 1.
std::size_t hosts_of(const Amount& amount, std::size_t declared);

// Indexes into `targets`. A batch of one entry repeats; a batch of several says how many are done after each
// wave, and what is left then goes in steps of the last size. No wave takes more healthy targets out of
// service than `max_unavailable` allows beside those that are broken and stay so, but always one.
std::vector<std::vector<std::size_t>> make_waves(const Strategy& strategy,
                                                 std::span<const WaveTarget> targets);

} // namespace deployctl::plan
