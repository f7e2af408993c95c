// Identity = action + identity inputs (+ the host), not the step's id: two steps may not own the same real
// thing.
#pragma once

#include <vector>

#include <deployctl/provider.hpp>

#include "config/findings.hpp"
#include "config/pipeline.hpp"

namespace deployctl::config {

void check_identities(const std::vector<Step>& steps, const Catalog& catalog, Findings& findings);

} // namespace deployctl::config
