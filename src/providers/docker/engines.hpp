// What the actions on containers share: which engine answers on a host, over the ports of one session; who to
// be when it pulls; and whose the containers are.
#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>

#include <deployctl/provider.hpp>

#include "docker/engine.hpp"
#include "providers/surroundings.hpp"

namespace deployctl::providers::docker {

using deployctl::docker::Engine;

std::function<Result<std::unique_ptr<Connection>>(const InstanceSettings&, Ports, std::stop_token)>
connector(Surroundings surroundings);

// All of these throw std::logic_error when the connection is another provider's.

// The engine of the host: of another than this machine over the connection to it. Its versions are asked for
// once a run and host. permission and not_found: the socket is not ours to use, or there is none.
Result<Engine> engine_of(Connection& connection, const Ports& ports, const Host& host,
                         const std::stop_token& stop);
// The path of a socket behind which a port of the host answers, as the host sees it; empty for this machine's
// own, which need none.
Result<std::string> way_to_port(Connection& connection, const Host& host, const std::string& address,
                                int port, const std::stop_token& stop);
// "project/environment"
const std::string& stack_of(Connection& connection);
// The header X-Registry-Auth for an image of that name; empty when nobody knows who to be there.
Result<Text> login_for(Connection& connection, const std::string& image, const std::stop_token& stop);

} // namespace deployctl::providers::docker
