// The hosts of one step, side by side: what each has now, since when, what would happen to it and in which
// wave. Pure; how it looks is ui/fleet_table.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <deployctl/host_state.hpp>

#include "plan/plan.hpp"

namespace deployctl::plan {

struct FleetRow {
  std::vector<std::string> hosts; // in the order of the step
  HostState state;
  Action action = Action::none;
  std::string summary;            // of the change
  std::vector<std::size_t> waves; // from 1, ascending; empty: in none
  std::string unreachable;
};

// One row a host, in the order of the step.
std::vector<FleetRow> fleet_of(const PlannedStep& step);
// Hosts about which everything but the wave and the moment is the same share a row.
std::vector<FleetRow> collapsed(std::vector<FleetRow> rows);
// Whether anybody said how a host stands: without it there is nothing to show.
bool has_states(const PlannedStep& step);

// "web-01..04, db": runs of numbers in equal names, at least three of them, in short.
std::string host_names(const std::vector<std::string>& names);

struct Blocked {
  std::string step;
  std::string host;
  std::string why;
};
// Targets that would change and cannot.
std::vector<Blocked> blocked_targets(const Content& content);

} // namespace deployctl::plan
