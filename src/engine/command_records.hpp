// What the journal keeps of the scheduler's commands, the same for a run and for a rehearsed one. Writing
// them is the caller's.
#pragma once

#include "engine/deployment.hpp"
#include "engine/run_records.hpp"
#include "engine/scheduler.hpp"

namespace deployctl::engine {

// Of a step that ended well; `outputs` is what it gave.
StepDoneRecord step_done_record(const Deployment& deployment, const Scheduler& scheduler,
                                const StepEnded& ended, Value outputs);
ReadyRecord ready_record(const Deployment& deployment, const StageReady& ready);
FailureRecord failure_record(const Deployment& deployment, const FailureDecided& failure);
TakenBackRecord taken_back_record(const Deployment& deployment, const TargetReverted& reverted);
DecisionRecord park_record(const Deployment& deployment, const StepHeld& held);

} // namespace deployctl::engine
