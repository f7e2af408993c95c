#include "engine/command_records.hpp"

#include <utility>

namespace deployctl::engine {

namespace {

const RunTarget& target_at(const Deployment& deployment, TargetId id) {
  return deployment.steps.at(id.step).targets.at(id.target);
}

} // namespace

StepDoneRecord step_done_record(const Deployment& deployment, const Scheduler& scheduler,
                                const StepEnded& ended, Value outputs) {
  const RunStep& step = deployment.steps.at(ended.step);
  StepDoneRecord record{.step = step.approved.id,
                        .result = ended.result == StepResult::changed ? "changed" : "unchanged",
                        .inputs = step.inputs,
                        .outputs = std::move(outputs)};
  for (const TargetStanding& behind : scheduler.left_behind(ended.step))
    record.behind.push_back({target_at(deployment, behind.at).target.name, behind.detail});
  return record;
}

ReadyRecord ready_record(const Deployment& deployment, const StageReady& ready) {
  const RunTarget& target = target_at(deployment, ready.id.at);
  return {{.step = deployment.steps.at(ready.id.at.step).approved.id,
           .target = target.target.name,
           .stage = target.change.stages.at(ready.id.stage).name,
           .index = static_cast<int>(ready.id.stage),
           .attempt = ready.id.attempt}};
}

FailureRecord failure_record(const Deployment& deployment, const FailureDecided& failure) {
  return {deployment.steps.at(failure.step).approved.id, record_of(failure.error)};
}

TakenBackRecord taken_back_record(const Deployment& deployment, const TargetReverted& reverted) {
  return {deployment.steps.at(reverted.at.step).approved.id, target_at(deployment, reverted.at).target.name,
          reverted.error ? reverted.error->message : std::string()};
}

DecisionRecord park_record(const Deployment& deployment, const StepHeld& held) {
  return {"park", deployment.steps.at(held.step).approved.id, held.leave.why.message};
}

} // namespace deployctl::engine
