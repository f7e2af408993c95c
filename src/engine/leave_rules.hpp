// Whether a run may go on, by the rules of its pipeline: a freeze parks it before its next wave, a step with
// an `approval` waits for it at its turn. What is asked and answered is engine/leave.hpp.
#pragma once

#include "engine/deployment.hpp"
#include "engine/run.hpp"
#include "engine/run_journal.hpp"

namespace deployctl::engine {

// All of it outlives the rule.
struct LeaveSubject {
  const RunOrder& order;
  Deployment& deployment;
  RunJournal& journal;
};

// Not set when no rule of the pipeline could ever stop this run. A rollback is never stopped, nor is work
// that makes no release.
LeaveRule leave_by_rules(const LeaveSubject& subject);

} // namespace deployctl::engine
