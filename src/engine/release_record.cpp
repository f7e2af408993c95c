#include "engine/release_record.hpp"

#include <algorithm>

#include "base/time.hpp"
#include "engine/planner.hpp"
#include "engine/redacted.hpp"

namespace deployctl::engine {

namespace {

std::vector<Host> hosts_of(const RunStep& step) {
  std::vector<Host> hosts;
  for (const plan::PlannedTarget& target : step.now.targets)
    if (target.target.host) hosts.push_back(*target.target.host);
  return hosts.empty() ? step.step->hosts : hosts;
}

state::ReleaseStep record_of(const RunStep& step, const OutputBook& outputs, const RedactionSet& redactions) {
  state::ReleaseStep record{.id = step.approved.id,
                            .action = step.approved.action,
                            .kind = step.approved.kind,
                            .instance = step.approved.instance,
                            .inputs = redacted(step.inputs, redactions),
                            .hosts = hosts_of(step),
                            .needs = step.approved.needs,
                            .task_fingerprint = step.now.task_fingerprint,
                            .irreversible = step.approved.irreversible,
                            .older_code_works = step.approved.older_code_works};
  if (step.provider) record.identity = identity_text(step.provider->description, record.id, step.inputs);
  if (const Value* known = outputs.find(record.id)) record.outputs = redacted(*known, redactions);
  return record;
}

bool is_on(const state::ReleaseStep& step, const plan::PlannedTarget& target) {
  if (!target.target.host) return step.hosts.empty();
  return std::any_of(step.hosts.begin(), step.hosts.end(),
                     [&](const Host& host) { return host.name == target.target.host->name; });
}

const plan::PlannedStep* listed_as_gone(const plan::Content& content, const state::ReleaseStep& before) {
  const auto found =
      std::find_if(content.steps.begin(), content.steps.end(), [&](const plan::PlannedStep& step) {
        return step.status == plan::StepStatus::gone && step.action == before.action &&
               step.inputs == before.inputs && is_on(before, step.targets.front());
      });
  return found == content.steps.end() ? nullptr : &*found;
}

// Under the plan's name for it, and only where it was left: the step of that id may be about the rest of it.
state::ReleaseStep left_as(state::ReleaseStep before, const plan::PlannedStep& gone) {
  before.id = gone.id;
  before.hosts.clear();
  for (const plan::PlannedTarget& target : gone.targets)
    if (target.target.host) before.hosts.push_back(*target.target.host);
  return before;
}

// A rollback runs no task: what the release gone back to says of it is true again.
const state::ReleaseStep* did_not_run(const RunStep& step, const std::optional<state::Release>& restored) {
  return restored && step.approved.kind == Kind::task ? restored->step(step.approved.id) : nullptr;
}

} // namespace

state::Release make_release(const Deployment& deployment, const ReleaseFacts& facts) {
  const plan::Content& content = facts.plan.content;
  state::Release release{.id = deployment.release,
                         .number = facts.number,
                         .version = content.version,
                         .project = content.project,
                         .environment = content.environment,
                         .commit = content.commit,
                         .tree = facts.restored ? facts.restored->tree : facts.source.tree,
                         .dirty = content.dirty,
                         .created_at = format_time(facts.environment.ports.clock.wall()),
                         .created_by = facts.environment.user_at_host,
                         .run = deployment.run,
                         .operation = content.operation,
                         .plan_digest = facts.plan.envelope.digest,
                         .pipeline_digest = content.pipeline_digest,
                         .outcome = facts.outcome,
                         .tool = facts.environment.tool,
                         .rolled_back_to = content.target_release,
                         .promoted_from = content.promoted_from,
                         .promoted_release = content.promoted_release,
                         .no_from = content.no_from};
  release.freeze_override = deployment.freeze_override;
  for (const ApprovalRecord& approval : deployment.approvals)
    release.approvals.push_back({approval.step, approval.by, approval.how});
  for (const RunStep& step : deployment.steps) {
    if (step.removal) continue;
    const state::ReleaseStep* kept = did_not_run(step, facts.restored);
    release.steps.push_back(kept ? *kept : record_of(step, deployment.outputs, facts.environment.redactions));
  }
  if (!facts.live) return release;
  for (const state::ReleaseStep& before : facts.live->steps) {
    if (content.operation == "run" && !release.step(before.id))
      release.steps.push_back(before);
    else if (const plan::PlannedStep* gone = listed_as_gone(content, before))
      release.steps.push_back(left_as(before, *gone));
  }
  return release;
}

std::string quarantine_reason(const state::Release& rollback) {
  return "rolled back by release " + std::to_string(rollback.number);
}

} // namespace deployctl::engine
