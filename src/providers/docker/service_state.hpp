// Which containers of a service there are on a host: the one that is live, those that are kept, and what else
// is in the way. What is live is told by the restart policy: a container gets one when it has taken over, and
// loses it when it is retired.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {

using deployctl::docker::Container;
using deployctl::docker::is_active;

// Of all containers of the service, whichever release made them.
deployctl::docker::Labels service_labels(const std::string& stack, const std::string& service);
// The service's name: as written, else the step's.
std::string service_name(const Ask& ask);

bool has_taken_over(const Container& container);
bool is_retired(const Container& container); // it does not run and nothing wakes it
// The name that the container of a configuration has.
std::string container_name(const std::string& service, const std::string& digest);

struct ServiceState {
  std::vector<Container> all; // newest first
  std::optional<Container> live;
};

Result<ServiceState> service_state(const Engine& engine, const std::string& stack, const std::string& service,
                                   const std::stop_token& stop);

// One answer an ask; `asks` are of any hosts.
std::vector<Result<Observation>> observe_services(ReadSession& session, std::span<const Ask> asks);

} // namespace deployctl::providers::docker
