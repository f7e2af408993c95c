// Going back to a release: its recorded steps as a pipeline, planned against the live world like any other.
// What the record lacks to be complete is a refusal before anything is done.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// The release's steps with their recorded inputs. How to roll them out (strategy, gates, limits, hosts'
// addresses) is said by the current pipeline where it still has the step.
config::Pipeline recorded_pipeline(const state::Release& release, const config::Pipeline& current);

// The one that is named, or the last good one before what is live. Behind a rollback "before" means before
// the release it went back to.
Result<state::Release> release_to_go_back_to(const Environment& environment, const std::string& stack,
                                             const std::optional<state::Release>& live,
                                             const std::string& to);

// Steps of the live release that the older one did not have.
std::vector<state::ReleaseStep> added_since(const state::Release& older, const state::Release& live);

} // namespace deployctl::engine
