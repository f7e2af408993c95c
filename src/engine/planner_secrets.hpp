// What a plan says about secrets: which version each has, and whether it is the one that is live. Pure.
#pragma once

#include <vector>

#include "engine/planner.hpp"

namespace deployctl::engine {

// "same", "rotated", "new" or "removed", compared with the versions in the live release's inputs. A secret
// that only stands inside a composed text is rotated when that text's version differs. "kept": going
// back would want an older value, which its store does not have.
std::vector<plan::PlannedSecret> planned_secrets(const PlanRequest& request,
                                                 const std::vector<plan::PlannedStep>& steps);

} // namespace deployctl::engine
