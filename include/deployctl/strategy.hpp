// How a step moves over its targets, in one vocabulary for every provider. Values only; the engine owns the
// loop.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace deployctl {

using Milliseconds = std::chrono::milliseconds;

enum class StrategyKind { rolling, canary, blue_green, all_at_once };
enum class OnAbort { revert_all, revert_wave, stop };

// "2" or "25%" of the declared hosts, rounded up.
struct Amount {
  int value = 1;
  bool percent = false;

  friend bool operator==(const Amount&, const Amount&) = default;
};

struct Strategy {
  StrategyKind kind = StrategyKind::all_at_once;
  std::vector<Amount> batch;          // rolling: one entry repeats, several are cumulative
  std::vector<int> weights;           // canary by weight, percent, rising to 100
  std::optional<Amount> canary_hosts; // canary by hosts
  Milliseconds pause{0};
  Milliseconds bake{0};
  Milliseconds min_healthy{0};
  int max_failures = 0;
  std::optional<Amount> max_unavailable;
  std::optional<int> skip_unreachable; // none: an unreachable host fails the step
  OnAbort on_abort = OnAbort::revert_all;

  friend bool operator==(const Strategy&, const Strategy&) = default;
};

} // namespace deployctl
