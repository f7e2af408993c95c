// Looks at a project on its host, and has the host's Compose render the one that is wanted, by one command.
#pragma once

#include <span>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/compose/observation.hpp"

namespace deployctl::providers::compose {

// One answer per ask, in order; each costs one command. What an observation has is told by observation.hpp;
// its facts also hold the host's state, `host` (host_facts.hpp), and of what is wanted: model (model.hpp), or
// refused [lines]; guard {cause, message, help} when something forbids it; orphans [names].
std::vector<Result<Observation>> observe_projects(ReadSession& session, std::span<const Ask> asks,
                                                  const std::string& socket);

} // namespace deployctl::providers::compose
