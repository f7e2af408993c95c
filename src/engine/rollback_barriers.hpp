// What stands between a release and the live one that older code does not work with: steps marked
// `irreversible` with `older_code: breaks` that did something since. Reads records only.
#pragma once

#include <string>
#include <vector>

#include "plan/plan.hpp"
#include "state/history.hpp"
#include "state/release.hpp"

namespace deployctl::engine {

// Of every release after `target` up to the live one that was not itself a rollback, those run no task.
Result<std::vector<plan::Crossing>>
barriers_between(const state::History& history, const state::Release& target, const state::Release& live);

// The same without a record to go back to: what the live release did and the plan's tree would not have.
std::vector<plan::Crossing> barriers_before(const plan::Plan& plan, const state::Release& live);

// Every barrier has to be named, and only barriers may be. Cause::policy for the first that was not named.
Status check_crossings(const std::vector<plan::Crossing>& barriers, const std::vector<std::string>& named,
                       const std::string& destination);

} // namespace deployctl::engine
