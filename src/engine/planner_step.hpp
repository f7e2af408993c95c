// One step of a plan: from its inputs and what was read to a PlannedStep. The same for every step of a new
// plan and for a single step at its turn.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/planner.hpp"
#include "engine/planner_inputs.hpp"
#include "engine/planner_reads.hpp"

namespace deployctl::engine {

// All that planning one step takes, apart from the world.
struct StepMaterial {
  const config::Step* step = nullptr;
  const Provider* provider = nullptr;       // none: a step that only judges gates
  const state::ReleaseStep* live = nullptr; // the same real thing in the live release
  const Settled* settled = nullptr;         // done already: the world is not asked
  std::vector<Target> targets;
  StepInputs inputs;
  std::string changed_need; // a step it needs that changes something; empty: none does
};

// Errors: an input that is wrong now that it is known.
Result<StepMaterial> step_material(const PlanRequest& request, const config::Step& step,
                                   const config::Outputs& outputs);

// What has to be read before the step can be planned: nothing for tasks, gates, and what is not known well
// enough.
std::vector<Read> reads_of(const StepMaterial& context);

// `readings` answers reads_of, in order.
Result<plan::PlannedStep> planned_step(const PlanRequest& request, const StepMaterial& context,
                                       std::span<const Result<Reading>> readings);

// Whether steps that need this one must count on something new. A gate passes on what it needs; a task
// without effect changes nothing.
bool changes_something(const plan::PlannedStep& step);

// The first error with the step and target in its frame, the others as evidence. None: success.
Status all_read(const std::string& step, std::span<const Target> targets,
                std::span<const Result<Reading>> readings);

} // namespace deployctl::engine
