// Whether a stage's effect is there, asked of the engine and of the proxy; a stage that is not may be done
// again.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"
#include "providers/docker/service_inputs.hpp"

namespace deployctl::providers::docker {

Confirmation confirm_service(ReadSession& session, const Engine& engine, const ServiceInputs& inputs,
                             const Intent& intent);
Value service_outputs(const std::string& container, const std::string& image);

} // namespace deployctl::providers::docker
