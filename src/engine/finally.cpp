#include "engine/finally.hpp"

#include <algorithm>
#include <utility>

#include "engine/execute.hpp"
#include "engine/program.hpp"

namespace deployctl::engine {

namespace {

bool wants(const config::Step& step, std::string_view result) {
  return step.results.empty() ||
         std::find(step.results.begin(), step.results.end(), result) != step.results.end();
}

} // namespace

void FinallySteps::run(std::string_view result) {
  for (const config::Step& written : pipeline_.finally) {
    config::Step step = written;
    step.id = "finally:" + step.id; // apart from the steps of the run, also in the journal
    step.always = true;             // once per run, whatever an earlier release says
    const bool done = main_.resumed && main_.resumed->done.count(step.id) != 0;
    if (!done && wants(step, result)) run_one(step);
  }
}

void FinallySteps::run_one(const config::Step& step) {
  Environment calm = environment_;
  calm.interrupts.wind_down = environment_.interrupts.abandon; // an interrupted run has its `finally`, too
  Deployment deployment{.request = main_.request, .run = main_.run, .release = main_.release};
  deployment.keep_files = main_.keep_files;
  deployment.keeps_failure = false;
  deployment.outputs.add_all(main_.outputs);
  plan::PlannedStep open{.id = step.id,
                         .action = step.action,
                         .kind = step.kind,
                         .instance = step.instance,
                         .status = plan::StepStatus::deferred};
  const Provider* provider = find_provider(environment_.catalog, step.action);
  if (provider && provider->description.crash_class)
    open.crash_class = provider->description.crash_class(step.inputs);
  deployment.steps.push_back(
      {.step = &step, .approved = open, .provider = provider, .now = open, .bound = false});
  Program program = make_program(deployment, pipeline_, 1);
  program.steps.front().needs.clear();
  program.steps.front().reversal = Reversal::nothing;
  Executor(calm, deployment, journal_, std::move(program)).run();
}

} // namespace deployctl::engine
