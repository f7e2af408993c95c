#include "engine/usual_times.hpp"

#include <algorithm>
#include <vector>

#include "base/time.hpp"

namespace deployctl::engine {

namespace {

constexpr int runs_read = 20;
constexpr std::size_t runs_counted = 5;
constexpr std::string_view durations_key = "durations_ms";

std::optional<Milliseconds> median(std::vector<Milliseconds> times) {
  if (times.empty()) return std::nullopt;
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

std::optional<Milliseconds> length_of(const state::RunRecord& run) {
  const auto from = parse_time(run.started_at);
  const auto to = parse_time(run.ended_at);
  if (!from || !to || *to < *from) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(*to - *from);
}

} // namespace

UsualTimes usual_times(const state::History& history, const std::string& stack,
                       const std::string& operation) {
  const auto runs = history.runs(stack, runs_read);
  if (!runs) return {};
  std::vector<Milliseconds> lengths;
  std::map<std::string, std::vector<Milliseconds>, std::less<>> steps;
  for (const state::RunRecord& run : *runs) {
    const Value* durations = run.summary.find(durations_key);
    if (run.operation != operation || run.outcome != "succeeded" || !durations || !durations->map()) continue;
    if (lengths.size() == runs_counted) break;
    if (const auto length = length_of(run)) lengths.push_back(*length);
    for (const auto& [step, time] : *durations->map())
      if (const auto* number = time.get<std::int64_t>()) steps[step].push_back(Milliseconds(*number));
  }
  UsualTimes usual{.run = median(std::move(lengths))};
  for (auto& [step, times] : steps)
    if (const auto time = median(std::move(times))) usual.steps.emplace(step, *time);
  return usual;
}

Value::Map durations_of(const Deployment& deployment) {
  Value::Map durations;
  for (const RunStep& step : deployment.steps)
    if (step.took)
      durations.emplace(step.approved.id, static_cast<std::int64_t>(
                                              std::chrono::duration_cast<Milliseconds>(*step.took).count()));
  return durations;
}

} // namespace deployctl::engine
