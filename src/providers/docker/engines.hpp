// What the actions on containers share: which engine answers on a host, over the ports of one session; who to
// be when it pulls; and whose the containers are.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "docker/engine.hpp"
#include "providers/surroundings.hpp"

namespace deployctl::providers::docker {

using deployctl::docker::Engine;

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings);

// Why nothing can be done on a host that is not this machine.
Error out_of_reach(const Host& host);

// All of these throw std::logic_error when the connection is another provider's.

// The version of its API is asked for once a run and host.
Result<Engine> engine_of(Connection& connection, const Ports& ports, const Host& host,
                         const std::stop_token& stop);
// "project/environment"
const std::string& stack_of(Connection& connection);
// The header X-Registry-Auth for an image of that name; empty when nobody knows who to be there.
Result<Text> login_for(Connection& connection, const std::string& image, const std::stop_token& stop);

} // namespace deployctl::providers::docker
