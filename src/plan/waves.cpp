#include "plan/waves.hpp"

#include <algorithm>

namespace deployctl::plan {

std::size_t hosts_of(const Amount& amount, std::size_t declared) {
  const auto value = static_cast<std::size_t>(std::max(amount.value, 0));
  const std::size_t count = amount.percent ? (declared * value + 99) / 100 : value;
  return std::max<std::size_t>(count, 1);
}

namespace {

// Sizes of the waves; the last one repeats. Empty: everything at once.
std::vector<std::size_t> wave_sizes(const Strategy& strategy, std::size_t declared) {
  std::vector<std::size_t> sizes;
  if (strategy.canary_hosts) sizes.push_back(hosts_of(*strategy.canary_hosts, declared));
  std::size_t done = 0;
  const bool cumulative = strategy.batch.size() > 1;
  for (const Amount& amount : strategy.batch) {
    const std::size_t count = hosts_of(amount, declared);
    if (cumulative && count <= done) continue; // "[1, 10%]" of 5 hosts: the second says nothing new
    sizes.push_back(count - done);
    if (cumulative) done = count;
  }
  if (strategy.batch.empty() && (strategy.canary_hosts || strategy.kind == StrategyKind::rolling))
    sizes.push_back(1);
  return sizes;
}

// Of a wave that begins at `next`: as wanted, but no more healthy ones than may be out of service.
std::size_t bounded(std::span<const std::size_t> next, std::size_t wanted, std::size_t room,
                    std::span<const WaveTarget> targets) {
  std::size_t size = 0;
  std::size_t healthy = 0;
  while (size < std::min(wanted, next.size())) {
    if (targets[next[size]].healthy && healthy++ == room) break;
    ++size;
  }
  return std::max<std::size_t>(size, 1);
}

// How many healthy targets may be out of service at once.
std::size_t room_of(const Strategy& strategy, std::span<const WaveTarget> targets) {
  if (!strategy.max_unavailable) return targets.size();
  const auto stays_broken = [](const WaveTarget& target) { return !target.healthy && !target.changes; };
  const auto broken = static_cast<std::size_t>(std::count_if(targets.begin(), targets.end(), stays_broken));
  const std::size_t most = hosts_of(*strategy.max_unavailable, targets.size());
  return most - std::min(most, broken);
}

} // namespace

std::vector<std::vector<std::size_t>> make_waves(const Strategy& strategy,
                                                 std::span<const WaveTarget> targets) {
  std::vector<std::size_t> line;
  for (std::size_t i = 0; i < targets.size(); ++i)
    if (targets[i].changes) line.push_back(i);
  std::stable_partition(line.begin(), line.end(), [&](std::size_t i) { return !targets[i].healthy; });

  const std::vector<std::size_t> sizes = wave_sizes(strategy, targets.size());
  const std::size_t room = room_of(strategy, targets);
  std::vector<std::vector<std::size_t>> waves;
  std::span<const std::size_t> next = line;
  std::size_t place = 0; // in `sizes`
  std::size_t left_of_size = 0;
  while (!next.empty()) {
    if (left_of_size == 0)
      left_of_size = sizes.empty() ? next.size() : sizes[std::min(place++, sizes.size() - 1)];
    const std::size_t count = bounded(next, left_of_size, room, targets);
    waves.emplace_back(next.begin(), next.begin() + static_cast<std::ptrdiff_t>(count));
    left_of_size -= std::min(left_of_size, count);
    next = next.subspan(count);
  }
  return waves;
}

} // namespace deployctl::plan
