// Every request that host.release may make, and what it does to the world.
#pragma once

#include <vector>

#include <deployctl/operation.hpp>

namespace deployctl::providers::host {

std::vector<Operation> release_operations();

} // namespace deployctl::providers::host
