// Going back to a release: its recorded steps as a pipeline, planned against the live world like any other.
// What the record lacks to be complete is a refusal before anything is done.
#pragma once

#include "engine/engine.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// The release's steps with their recorded inputs. How to roll them out (strategy, gates, limits, hosts'
// addresses) is said by the current pipeline where it still has the step.
config::Pipeline recorded_pipeline(const state::Release& release, const config::Pipeline& current);

// Steps of the live release that the older one did not have.
std::vector<state::ReleaseStep> added_since(const state::Release& older, const state::Release& live);

} // namespace deployctl::engine
