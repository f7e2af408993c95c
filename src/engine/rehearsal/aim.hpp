// Scenarios for one cell of the coverage table: a pipeline that can write the record, what brings the record
// about, and the fault that waits for it. By chance as all scenarios, and no promise: some need a few seeds.
#pragma once

#include "engine/rehearsal/coverage.hpp"
#include "engine/rehearsal/scenario.hpp"

namespace deployctl::engine::rehearsal {

Scenario aimed_scenario(const Cell& cell, std::uint64_t seed);

} // namespace deployctl::engine::rehearsal
