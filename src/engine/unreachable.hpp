// Hosts that nobody could look at: what the live release's record remembers of them, marked as memory. Part
// of the planner; whether a plan goes on without them is planner_step's matter.
#pragma once

#include <span>

#include "engine/planner_step.hpp"

namespace deployctl::engine {

// Into the facts of the targets that were left out.
void remember_unreachable(const PlanRequest& request, const StepMaterial& context,
                          plan::PlannedStep& planned);
// An error about hosts that gave no answer also says what they had last.
Error with_memory(Error error, const PlanRequest& request, const StepMaterial& context,
                  std::span<const Result<Reading>> readings);

} // namespace deployctl::engine
