// From a plan and a pipeline to what the scheduler runs: who needs whom, what is settled, what taking back
// means, and where an earlier process of the run stopped. Pure.
#pragma once

#include "engine/deployment.hpp"
#include "engine/scheduler_types.hpp"

namespace deployctl::engine {

// Fills `deployment.steps` (contexts) from the plan; `pipeline` must outlive it. Errors: a step of the plan
// that the pipeline or the catalog does not have.
Status lay_out(Deployment& deployment, const plan::Content& content, const config::Pipeline& pipeline,
               const Catalog& catalog);

Program make_program(Deployment& deployment, const config::Pipeline& pipeline, std::size_t parallel);

// Instead of going on, what was changed goes back; `keep`: stays.
void turn_back(Program& program, bool keep);

// What it means to take a step back that did something.
Reversal reversal_of(const RunStep& context);

} // namespace deployctl::engine
