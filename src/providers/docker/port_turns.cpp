#include "providers/docker/port_turns.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "providers/docker/proxy_inputs.hpp"
#include "providers/docker/service_routing.hpp"

namespace deployctl::providers::docker {
namespace {

bool is_held(const ServiceInputs& inputs, const ServiceState& state, int port, const std::string& but_by) {
  return std::ranges::any_of(state.all, [&](const Container& one) {
    return one.name != but_by && is_active(one.status) && port_of(inputs, one) == port;
  });
}

} // namespace

bool take_turns(const ServiceInputs& inputs) {
  return ports_in_turn(inputs.port).size() > 1;
}

Result<int> next_port(const ServiceInputs& inputs, const ServiceState& state, const std::string& name) {
  for (const int port : ports_in_turn(inputs.port))
    if (!is_held(inputs, state, port, name)) return port;
  return fail(Cause::conflict,
              "all ports that containers take turns with are held by containers of the service",
              "stop the one that is not live");
}

bool has_free_port(const ServiceInputs& inputs, const ServiceState& state, const Container& kept) {
  if (!take_turns(inputs) || is_active(kept.status)) return true;
  return !is_held(inputs, state, port_of(inputs, kept), kept.name);
}

} // namespace deployctl::providers::docker
