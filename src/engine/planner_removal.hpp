// What the live release has and the pipeline does not: whole steps, and hosts that a step has left. Listed as
// gone and left alone, or removed when that was asked for.
#pragma once

#include <vector>

#include "engine/planner_step.hpp"

namespace deployctl::engine {

// Resources of the live release that no present step is about, in the release's order; a step that is only on
// fewer hosts now is left behind on the others.
std::vector<state::ReleaseStep> left_behind(const PlanRequest& request,
                                            const std::vector<plan::PlannedStep>& present);

// Appends the request's removals (with `prune`, all that is left behind), dependents before what they needed,
// and then lists the rest as gone.
Status add_left_behind(const PlanRequest& request, std::vector<plan::PlannedStep>& steps);

} // namespace deployctl::engine
