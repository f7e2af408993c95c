// The provider instances of a pipeline with what some of them are told besides their settings. Pure.
#pragma once

#include <vector>

#include "config/pipeline.hpp"

namespace deployctl::engine {

// Those that mark what they make are told the stack, also when none of them is declared.
std::vector<config::ProviderInstance> told_instances(const config::Pipeline& pipeline);

} // namespace deployctl::engine
