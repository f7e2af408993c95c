// How long runs like this one took before, from the history: what a person who waits compares with.
#pragma once

#include <map>
#include <optional>
#include <string>

#include <deployctl/strategy.hpp>
#include <deployctl/value.hpp>

#include "engine/deployment.hpp"
#include "state/history.hpp"

namespace deployctl::engine {

struct UsualTimes {
  std::optional<Milliseconds> run;
  std::map<std::string, Milliseconds, std::less<>> steps;
};

// The median of the last few that succeeded; empty when there is none, or when the records cannot be read.
UsualTimes usual_times(const state::History& history, const std::string& stack, const std::string& operation);

// {step: milliseconds} of the steps that this process saw begin and end: a part of the run's summary.
Value::Map durations_of(const Deployment& deployment);

} // namespace deployctl::engine
