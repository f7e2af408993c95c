#include "engine/finally.hpp"

#include <algorithm>
#include <utility>

#include "engine/execute.hpp"
#include "engine/program.hpp"
#include "plan/graph.hpp"

namespace deployctl::engine {

namespace {

bool wants(const config::Step& step, std::string_view result) {
  return step.results.empty() ||
         std::find(step.results.begin(), step.results.end(), result) != step.results.end();
}

} // namespace

void FinallySteps::run(std::string_view result, const Ending& ending) {
  know_outputs();
  const auto graph = plan::Graph::of(pipeline_.finally);
  if (!graph) return; // a cycle is found when the pipeline is read
  for (const std::size_t index : graph->order()) {
    const config::Step& written = pipeline_.finally[index];
    config::Step step = written;
    step.id = "finally:" + step.id; // apart from the steps of the run, also in the journal
    step.always = true;             // once per run, whatever an earlier release says
    step.needs.clear();
    if (!was_done(step.id, written.id) && wants(step, result)) run_one(step, written.id, ending);
    known_.add(written.id, Value::Map()); // unless it gave some
  }
}

// What a step that was never reached gives is what the live release recorded of it, if anything.
void FinallySteps::know_outputs() {
  known_.add_all(main_.outputs);
  for (const config::Step& step : pipeline_.steps) {
    const state::ReleaseStep* live = main_.request.live ? main_.request.live->step(step.id) : nullptr;
    known_.add(step.id, live && live->outputs.map() ? live->outputs : Value(Value::Map()));
  }
}

// By an earlier process of this run.
bool FinallySteps::was_done(const std::string& id, const std::string& written) {
  if (!main_.resumed) return false;
  const auto done = main_.resumed->done.find(id);
  if (done == main_.resumed->done.end()) return false;
  known_.add(written, done->second.outputs);
  return true;
}

void FinallySteps::run_one(const config::Step& step, const std::string& written, const Ending& ending) {
  Environment calm = environment_;
  calm.interrupts.wind_down = environment_.interrupts.abandon; // an interrupted run has its `finally`, too
  Deployment deployment{.request = main_.request, .run = main_.run, .release = main_.release};
  deployment.keep_files = main_.keep_files;
  deployment.keeps_failure = false;
  deployment.outputs.add_all(known_);
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
  Executor executor(calm, deployment, journal_, std::move(program));
  leave_behind(environment_, executor, executor.run(), ending);
  if (const Value* given = deployment.outputs.find(step.id)) known_.add(written, *given);
}

} // namespace deployctl::engine
