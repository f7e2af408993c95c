// Looks at all releases of one host, and at the host, by one command.
#pragma once

#include <span>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/host/release_inputs.hpp"

namespace deployctl::providers::host {

// One answer per ask, in order; asks of several hosts cost a command each host. What an observation has is
// told by release_observation.hpp; its facts also hold `host` (host_facts.hpp) and the host's state.
std::vector<Result<Observation>> observe_releases(ReadSession& session, std::span<const Ask> asks,
                                                  const Table<ReleaseInputs>& table);

} // namespace deployctl::providers::host
