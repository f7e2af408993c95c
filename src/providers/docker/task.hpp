// docker.task: a command that runs once in a container of its own and ends: a migration, a cache to fill.
// What goes on running is a service.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::docker {

Provider make_task(const Surroundings& surroundings);

} // namespace deployctl::providers::docker
