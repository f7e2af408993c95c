// Artifacts that another environment has proven: its newest good release of the same source. They, and the
// tasks that only they need, have nothing to do. Reads records only.
#pragma once

#include <map>
#include <string>

#include "engine/engine.hpp"
#include "engine/planner.hpp"

namespace deployctl::engine {

struct Promotion {
  std::string release; // id; empty: the pipeline has no artifact, so nothing is taken
  std::map<std::string, Settled, std::less<>> settled;
};

// Equal sources are found by their hash, so a merge commit of the same tree fits. Cause::policy when there is
// no such release, or it has not got every artifact.
Result<Promotion> find_promotion(const state::History& history, const config::Pipeline& pipeline,
                                 const Source& source, const std::string& from);

// Tasks that nothing but the given steps needs, directly or through each other. Pure.
std::vector<std::string> tasks_only_for(const config::Pipeline& pipeline,
                                        const std::vector<std::string>& steps);

} // namespace deployctl::engine
