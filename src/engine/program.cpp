#include "engine/program.hpp"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "engine/gate_jobs.hpp"
#include "engine/turn_jobs.hpp"

namespace deployctl::engine {

namespace {

bool nothing_to_do(const plan::PlannedStep& step) {
  return step.status == plan::StepStatus::unchanged || step.status == plan::StepStatus::gone;
}

StepWork step_work(RunStep& context, const Deployment& deployment, const config::Pipeline& pipeline) {
  const config::Step& step = *context.step;
  StepWork work{.id = step.id};
  const bool done = deployment.resumed && deployment.resumed->done.count(step.id) != 0;
  work.settled = done || nothing_to_do(context.approved);
  for (const config::GateUse& gate : gates_of(step)) work.gate_holds.push_back(gate.rule.hold);
  work.gates = work.gate_holds.size();
  work.asks_leave = static_cast<bool>(deployment.leave);
  work.rules = {step.retry, context.approved.crash_class != CrashClass::opaque || !step.retry.on.empty(),
                step.strategy.min_healthy, step.timeout, std::hash<std::string>{}(deployment.run + step.id)};
  work.strategy = step.strategy;
  work.on_failure = step.on_failure.value_or(pipeline.on_failure);
  if (work.on_failure == config::OnFailure::stop && work.strategy.on_abort == OnAbort::revert_all)
    work.strategy.on_abort = OnAbort::stop;
  work.reversal = reversal_of(context);
  return work;
}

// Targets that an earlier process knew are there before their step's turn: they may have to go back first.
class Progressed {
public:
  Progressed(Program& program, Deployment& deployment)
      : program_(program), deployment_(deployment), history_(*deployment.resumed) {
    for (std::size_t i = 0; i < program.steps.size(); ++i) by_id_.emplace(program.steps[i].id, i);
  }

  void add() {
    for (const auto& [key, target] : history_.targets)
      if (!target.change.stages.empty()) lay({.target = target.ask.target, .change = target.change}, key);
    for (const auto& [step, done] : history_.done)
      for (const BehindRecord& behind : done.behind)
        if (ids_.count({step, behind.target}) == 0)
          lay({.target = Target{.name = behind.target}}, {step, behind.target});
    for (const auto& [key, id] : ids_)
      if (const TargetHistory* target = history_.find(key.first, key.second); target && target->taken_back)
        program_.taken_back.push_back(id);
    for (const TargetKey& key : history_.touched)
      if (const auto id = ids_.find(key); id != ids_.end()) program_.touched.push_back(id->second);
    if (!history_.failure) return;
    program_.failed = by_id_.at(history_.failure->step);
    program_.failure = error_of(history_.failure->error);
  }

private:
  // `planned` where today's plan of the step does not have it.
  void lay(const plan::PlannedTarget& planned, const TargetKey& key) {
    const auto step = by_id_.find(key.first);
    if (step == by_id_.end()) return;
    RunStep& context = deployment_.steps[step->second];
    plan::PlannedStep known = context.approved;
    const auto same = [&name = key.second](const auto& each) { return each.target.name == name; };
    if (std::none_of(known.targets.begin(), known.targets.end(), same)) known.targets.push_back(planned);
    context.approved.targets = known.targets;
    take_plan(context, known, deployment_);
    program_.steps[step->second].work = work_of(context, known, deployment_);
    const auto found = std::find_if(context.targets.begin(), context.targets.end(), same);
    ids_[key] = {step->second, static_cast<std::size_t>(found - context.targets.begin())};
  }

  Program& program_;
  Deployment& deployment_;
  const RunHistory& history_;
  std::map<std::string, std::size_t> by_id_;
  std::map<TargetKey, TargetId> ids_;
};

void add_known_outputs(Deployment& deployment) {
  for (const RunStep& context : deployment.steps) {
    const auto& id = context.approved.id;
    if (deployment.resumed)
      if (const auto done = deployment.resumed->done.find(id); done != deployment.resumed->done.end()) {
        deployment.outputs.add(id, done->second.outputs);
        continue;
      }
    if (context.approved.status == plan::StepStatus::unchanged)
      deployment.outputs.add(id, context.approved.outputs);
  }
}

// Stands for a step that is in the plan only to be removed.
config::Step removed_step(const plan::PlannedStep& planned) {
  return {.id = planned.id, .action = planned.action, .kind = planned.kind, .instance = planned.instance};
}

} // namespace

Reversal reversal_of(const RunStep& context) {
  const plan::PlannedStep& step = context.approved;
  if (step.kind != Kind::resource && step.kind != Kind::task) return Reversal::nothing;
  if (step.kind == Kind::task && step.crash_class == CrashClass::observe) return Reversal::nothing;
  if (!step.irreversible.empty()) return step.older_code_works ? Reversal::keep : Reversal::barrier;
  const bool undoes = step.kind == Kind::resource || (context.step && context.step->undo);
  return undoes ? Reversal::revert : Reversal::keep;
}

Status lay_out(Deployment& deployment, const plan::Content& content, const config::Pipeline& pipeline,
               const Catalog& catalog) {
  std::map<std::string_view, const config::Step*> written;
  for (const config::Step& step : pipeline.steps) written.emplace(step.id, &step);
  for (const plan::PlannedStep& planned : content.steps) {
    if (planned.status == plan::StepStatus::gone) continue;
    const auto step = written.find(planned.id);
    RunStep context{.approved = planned};
    context.removal = step == written.end();
    context.step = context.removal ? &deployment.removed.emplace_back(removed_step(planned)) : step->second;
    if (!planned.action.empty()) {
      context.provider = find_provider(catalog, planned.action);
      if (!context.provider) return fail(Cause::internal, fmt::format("no action '{}'", planned.action));
    }
    context.now = planned;
    context.inputs = planned.inputs;
    deployment.steps.push_back(std::move(context));
  }
  add_known_outputs(deployment);
  return {};
}

Program make_program(Deployment& deployment, const config::Pipeline& pipeline, std::size_t parallel) {
  Program program{.parallel = std::max<std::size_t>(parallel, 1)};
  std::map<std::string_view, std::size_t> by_id;
  for (RunStep& context : deployment.steps) {
    StepWork work = step_work(context, deployment, pipeline);
    for (const std::string& need : context.approved.needs)
      if (const auto found = by_id.find(need); found != by_id.end()) work.needs.push_back(found->second);
    by_id.emplace(context.approved.id, program.steps.size());
    program.steps.push_back(std::move(work));
  }
  if (deployment.resumed) Progressed(program, deployment).add();
  return program;
}

// The step of the newest effect stands in for the failed one: its own rules say what may go back.
void turn_back(Program& program, bool keep) {
  program.failed = program.touched.empty() ? 0 : program.touched.back().step;
  program.failure = Error{.cause = Cause::cancelled, .message = "the run was aborted"};
  if (!keep) return;
  for (StepWork& step : program.steps) step.reversal = Reversal::keep;
}

} // namespace deployctl::engine
