// From a plan to an executed run: approval, lock, a last look, then Run. What apply, rollback and run have in
// common.
#pragma once

#include "engine/engine.hpp"
#include "engine/planning.hpp"

namespace deployctl::engine {

struct Undertaking {
  Environment& environment;
  const config::Pipeline& pipeline;
  const Source& source;
  Planning& planning;
  const ApplyOptions& options;
  bool asks = true;    // false: nobody has to approve (a run without resources)
  bool stacked = true; // takes the lock and makes a release
};

// Nothing to do: exit 0 without a lock.
Ending carry_out(const Undertaking& undertaking, const plan::Plan& plan);

} // namespace deployctl::engine
