#include "engine/build.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "engine/apply.hpp"
#include "engine/endings.hpp"
#include "engine/planning.hpp"
#include "engine/promotion.hpp"
#include "engine/run_history.hpp"
#include "state/journal.hpp"

namespace deployctl::engine {

namespace {

bool may_run(const plan::PlannedStep& step) {
  const bool idle = step.status == plan::StepStatus::unchanged || step.status == plan::StepStatus::gone;
  const bool harmless = step.kind == Kind::task && step.crash_class == CrashClass::observe;
  return idle || harmless || step.kind == Kind::artifact || step.kind == Kind::data ||
         step.kind == Kind::gate;
}

// Artifacts that need a change of the world first cannot be made beforehand.
Status makes_artifacts_only(const plan::Plan& plan) {
  const auto& steps = plan.content.steps;
  const auto found = std::find_if_not(steps.begin(), steps.end(), may_run);
  if (found == steps.end()) return {};
  return fail(Cause::config,
              fmt::format("artifacts cannot be made beforehand: they need '{}', which would change something",
                          found->id),
              "leave --build out");
}

// What was there already is said by the plan, what was made by the journal.
Result<std::map<std::string, Value, std::less<>>> outputs_of(const plan::Plan& plan, const Ending& ending,
                                                             const std::vector<std::string>& tasks) {
  std::map<std::string, Value, std::less<>> outputs;
  std::map<std::string, StepDoneRecord> done;
  if (!ending.journal.empty()) {
    DEPLOYCTL_TRY(const auto journal, state::read_journal(ending.journal));
    DEPLOYCTL_TRY(RunHistory history, read_history(journal));
    done = std::move(history.done);
  }
  for (const plan::PlannedStep& step : plan.content.steps) {
    const auto made = done.find(step.id);
    const bool only_for_artifacts = std::ranges::find(tasks, step.id) != tasks.end();
    if (step.kind == Kind::artifact)
      outputs[step.id] = made == done.end() ? step.outputs : made->second.outputs;
    else if (only_for_artifacts && made != done.end())
      outputs[step.id] = made->second.outputs;
  }
  return outputs;
}

} // namespace

Build build_artifacts(Environment& environment, const config::Pipeline& pipeline, const Source& source,
                      const ApplyOptions& options) {
  config::Pipeline artifacts = pipeline; // nobody is told, and nothing follows
  artifacts.finally.clear();
  artifacts.notify.clear();
  auto planning = Planning::open(environment, artifacts, source, "run");
  if (!planning) return {refused(planning.error()), {}};
  PlanRequest& request = (*planning)->request();
  for (const config::Step& step : pipeline.steps)
    if (step.kind == Kind::artifact) request.only.push_back(step.id);
  if (request.only.empty()) return {{.outcome = Outcome::nothing_to_do}, {}};
  auto made = make_plan(request);
  if (!made) return {refused(made.error()), {}};
  if (auto only = makes_artifacts_only(*made); !only) return {refused(only.error()), {}};
  ApplyOptions of_run = options;
  of_run.run_id.clear(); // that one is the run's that deploys them
  Ending ending = carry_out({environment, artifacts, source, **planning, of_run, false, false}, *made);
  if (ending.exit_code != exit_code::done) return {std::move(ending), {}};
  auto outputs = outputs_of(*made, ending, tasks_only_for(pipeline, request.only));
  if (!outputs) return {refused(outputs.error()), {}};
  return {std::move(ending), *std::move(outputs)};
}

} // namespace deployctl::engine
