// A step's turn: its inputs become known, it is observed and planned again, and what an earlier process of
// the run did is laid over that. The answer is the work that is left, always within what was approved.
#pragma once

#include "engine/deployment.hpp"
#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

class TurnJobs {
public:
  explicit TurnJobs(Deployment& deployment) : deployment_(deployment) {}

  TurnTaken take(std::size_t step);

private:
  Result<plan::PlannedStep> plan_now(const RunStep& context) const;

  Deployment& deployment_;
};

// Lays a planned step over its context: targets, asks and changes; for targets that the journal knows, its
// own.
void take_plan(RunStep& context, const plan::PlannedStep& now, const Deployment& deployment);
// What is left to do, as the scheduler counts it.
Work work_of(const RunStep& context, const plan::PlannedStep& now, const Deployment& deployment);

} // namespace deployctl::engine
