// Every request that compose.project may make of a host, and what each does to the world.
#pragma once

#include <vector>

#include <deployctl/operation.hpp>

namespace deployctl::providers::compose {

std::vector<Operation> project_operations();

} // namespace deployctl::providers::compose
