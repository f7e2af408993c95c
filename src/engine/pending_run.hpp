// The run that a stack's cell names as pending, read back from its journal with the plan and the pipeline it
// was made from. Reading only; what becomes of it is recovery.cpp.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/planning.hpp"
#include "engine/run.hpp"
#include "engine/run_history.hpp"

namespace deployctl::engine {

struct PendingRun {
  RunHistory history;
  plan::Plan plan;
  config::Pipeline pipeline;
  std::unique_ptr<Planning> planning; // once it is resumed

  // Whether the pipeline of today is what it was planned from; `plan_digest`: whether it is that plan.
  [[nodiscard]] bool is_of(const std::string& plan_digest) const;
};

Result<PendingRun> read_pending(Environment& environment, const config::Pipeline& pipeline,
                                const std::string& run);

// The run as it was, for whatever is to become of it. `pending` outlives it. `goes_on`: forward, so that it
// needs the outputs of what was done.
Result<std::unique_ptr<Run>> resume_pending_run(Environment& environment, const Source& source,
                                                PendingRun& pending, state::LockGuard& lock, bool goes_on);

// How the world is as far as the journal tells.
std::vector<WorldLine> world_of(const RunHistory& history);

} // namespace deployctl::engine
