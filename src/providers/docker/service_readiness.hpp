// Whether a service's new container may take over, and what is the matter with one that may not.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"
#include "providers/docker/service_inputs.hpp"

namespace deployctl::providers::docker {

Readiness service_readiness(ReadSession& session, const ServiceInputs& inputs, const Change& change,
                            const Stage& stage);
// crash_loop and out_of_memory with exit status and last lines; anything else as it was.
Diagnosis diagnose_service(ReadSession& session, const Failure& failure);

} // namespace deployctl::providers::docker
