#include "engine/gate_rules.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

namespace deployctl::engine {

namespace {

bool has_data(const Sample& sample) {
  return !sample.error && !sample.data.is_null();
}

} // namespace

Verdict ruled(const config::GateRule& rule, std::span<const Sample> samples, Verdict judged) {
  if (samples.empty() || samples.back().error) return judged;
  if (!has_data(samples.back())) {
    const bool fails = rule.no_data == config::GateRule::Otherwise::fail;
    judged.state = fails ? Verdict::State::fail : Verdict::State::inconclusive;
    if (judged.detail.empty()) judged.detail = "no data";
    return judged;
  }
  const auto counted = std::count_if(samples.begin(), samples.end(), has_data);
  const bool decides = judged.state == Verdict::State::pass || judged.state == Verdict::State::fail;
  if (!decides || counted >= rule.min_samples) return judged;
  judged.state = Verdict::State::inconclusive;
  judged.detail += fmt::format(" ({} of at least {} samples)", counted, rule.min_samples);
  return judged;
}

ReadyRule pace_of(const config::GateRule& rule, ReadyRule action) {
  action.interval = rule.interval.value_or(action.interval);
  action.consecutive = rule.consecutive.value_or(action.consecutive);
  const int wanted = std::max(rule.min_samples, rule.consecutive.value_or(1));
  action.within += action.interval * (wanted - 1);
  return action;
}

} // namespace deployctl::engine
