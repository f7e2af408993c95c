// docker.service: a container that goes on running, and is replaced by the one of the next release. What runs
// once and ends is a task.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::docker {

Provider make_service(const Surroundings& surroundings);

} // namespace deployctl::providers::docker
