// "Inside what was approved": a step that could not be planned fully is planned again at its turn, and may
// then do the same or less, never something else. Pure; what follows from a difference is the engine's
// business.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace deployctl::plan {

struct Difference {
  std::string target;   // empty: the step itself
  std::string path;     // "action", "inputs.image", "fields.env.LEVEL", "downtime"
  std::string approved; // as JSON text; empty: not there
  std::string now;
};

// Empty: `now` lies inside `approved`. Rules:
//   inputs are equal, apart from those that were unknown;
//   targets are the approved ones (of a deferred step: any);
//   the action of a target is the approved one or none, and an approved replace may become an update;
//   a deferred step may create, update or run, but not replace or remove;
//   a changed field was approved with the same new value, or was unknown, or is none of the known inputs'
//   while an input was unknown; nothing has become less undoable, and no downtime has appeared.
std::vector<Difference> outside_approval(const PlannedStep& approved, const PlannedStep& now);

// "the action on app-1 is replace, approved was update"; for errors.
std::string to_text(const Difference& difference);

} // namespace deployctl::plan
