#include "plan/waves.hpp"

#include <algorithm>

namespace deployctl::plan {
namespace {

std::size_t count_of(const Amount& amount, std::size_t declared) {
  const auto value = static_cast<std::size_t>(std::max(amount.value, 0));
  const std::size_t count = amount.percent ? (declared * value + 99) / 100 : value;
  return std::max<std::size_t>(count, 1);
}

// Sizes of the waves; the last one repeats. Empty: everything at once.
std::vector<std::size_t> wave_sizes(const Strategy& strategy, std::size_t declared) {
  std::vector<std::size_t> sizes;
  if (strategy.canary_hosts) sizes.push_back(count_of(*strategy.canary_hosts, declared));
  std::size_t done = 0;
  const bool cumulative = strategy.batch.size() > 1;
  for (const Amount& amount : strategy.batch) {
    const std::size_t count = count_of(amount, declared);
    if (cumulative && count <= done) continue; // "[1, 10%]" of 5 hosts: the second says nothing new
    sizes.push_back(count - done);
    if (cumulative) done = count;
  }
  if (strategy.batch.empty() && (strategy.canary_hosts || strategy.kind == StrategyKind::rolling))
    sizes.push_back(1);
  return sizes;
}

} // namespace

std::vector<std::vector<std::size_t>> make_waves(const Strategy& strategy,
                                                 std::span<const WaveTarget> targets) {
  std::vector<std::size_t> line;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i].changes) line.push_back(i);
  std::stable_partition(line.begin(), line.end(), [&](std::size_t i) { return !targets[i].healthy; });

  const std::vector<std::size_t> sizes = wave_sizes(strategy, targets.size());
  std::vector<std::vector<std::size_t>> waves;
  auto next = line.begin();
  while (next != line.end()) {
    const auto left = static_cast<std::size_t>(line.end() - next);
    const std::size_t wanted = sizes.empty() ? left : sizes[std::min(waves.size(), sizes.size() - 1)];
    const auto end = next + static_cast<std::ptrdiff_t>(std::min(wanted, left));
    waves.emplace_back(next, end);
    next = end;
  }
  return waves;
}

} // namespace deployctl::plan
