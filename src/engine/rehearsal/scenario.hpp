// What one seed is about: a pipeline of steps of every kind and crash class, and what goes wrong. Plain data,
// made by chance; the same seed makes the same scenario.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/intent.hpp>
#include <deployctl/provider.hpp>

#include "config/pipeline.hpp"
#include "engine/rehearsal/dice.hpp"
#include "engine/rehearsal/faults.hpp"
#include "plan/plan.hpp"

namespace deployctl::engine::rehearsal {

struct StepShape {
  std::string id;
  Kind kind = Kind::resource;
  CrashClass crash_class = CrashClass::declarative;
  std::vector<std::size_t> needs;
  std::size_t targets = 1;
  std::vector<Stage> stages;
  std::vector<std::vector<std::size_t>> waves;
  Strategy strategy;
  std::size_t gates = 0;
  config::RetryRule retry;
  config::OnFailure on_failure = config::OnFailure::rollback;
  bool irreversible = false;
  bool older_code_works = true;
  bool has_undo = false;  // of a task
  bool has_check = false; // opaque: it can say whether it ran
  bool open = false;      // an input is known only at its turn
  bool outgrows = false;  // `open`, and then more than what was approved
};

struct Scenario {
  std::uint64_t seed = 0;
  bool remote = false; // the cell is far away: a lease, and another machine may take over
  std::size_t parallel = 4;
  Milliseconds renew_every{15'000}; // the lease of a remote cell
  std::vector<StepShape> steps;     // needs stand before those who need them
  std::vector<Fault> faults;
  std::size_t aborting = 0; // the command that takes back what it finds; others do so by chance
};

StepShape make_step(std::size_t number, Dice& dice);
Scenario make_scenario(std::uint64_t seed);
// For people: one line a step, one a fault.
std::vector<std::string> describe(const Scenario& scenario);

// The scenario as the engine's own data.
config::Pipeline pipeline_of(const Scenario& scenario);
plan::Content content_of(const Scenario& scenario);
plan::PlannedStep planned_step(const StepShape& shape, const Scenario& scenario);

} // namespace deployctl::engine::rehearsal
