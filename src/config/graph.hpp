// The order of steps: cycles, and needs that pass through absent steps. Pure, over indexes.
#pragma once

#include <string>
#include <vector>

#include "config/links.hpp"

namespace deployctl::config {

// One circle for each group of steps that wait for each other: first and last index are the same.
std::vector<std::vector<std::size_t>> find_cycles(std::size_t count, const std::vector<Edge>& edges);
void report_cycles(const Outline& outline, const std::vector<Edge>& edges, Findings& findings);

// For each instance the present ones that it waits for, in file order; those of absent steps are passed on.
// Edges must hold no cycle.
std::vector<std::vector<std::size_t>> present_needs(const Outline& outline, const std::vector<Edge>& edges);

} // namespace deployctl::config
