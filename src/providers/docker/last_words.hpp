// The last lines that a container said, as evidence.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "docker/engine.hpp"

namespace deployctl::providers::docker {

// Empty when they cannot be read: what they are evidence of is known all the same.
std::vector<std::string> last_words(const deployctl::docker::Engine& engine, const std::string& container,
                                    const std::stop_token& stop);

// Whether it was killed for want of memory. Old engines do not always say so: with a limit of its own, the
// kernel's kill (137) counts as such.
bool ran_out_of_memory(const deployctl::docker::Container& container);

} // namespace deployctl::providers::docker
