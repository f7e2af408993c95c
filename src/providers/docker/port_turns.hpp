// Containers on the host's own network that take turns with two ports, so that two can run beside each other.
// Pure.
#pragma once

#include <deployctl/result.hpp>

#include "providers/docker/service_inputs.hpp"
#include "providers/docker/service_state.hpp"

namespace deployctl::providers::docker {

bool take_turns(const ServiceInputs& inputs);

// The port that a container of that name is to have. Cause::conflict when others of the service have both.
Result<int> next_port(const ServiceInputs& inputs, const ServiceState& state, const std::string& name);

// Whether a kept container can run now: it has its port for good, and a running one may have the same.
bool has_free_port(const ServiceInputs& inputs, const ServiceState& state, const Container& kept);

} // namespace deployctl::providers::docker
