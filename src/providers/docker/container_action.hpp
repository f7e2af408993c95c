// What actions that run containers say of themselves alike: how their engines are reached, what they ask them
// for and who may. What an action is called, takes and gives is its own.
#pragma once

#include <initializer_list>

#include <deployctl/provider.hpp>

#include "docker/calls.hpp"
#include "providers/surroundings.hpp"

namespace deployctl::providers::docker {

// Without name, fields and verbs. `own`: the calls that not every such action makes.
Provider container_action(const Surroundings& surroundings,
                          std::initializer_list<deployctl::docker::Call> own);

} // namespace deployctl::providers::docker
