// Whether a release that just went live works: its unit runs and its health answers as wanted. One look; the
// engine polls.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/host/release_inputs.hpp"

namespace deployctl::providers::host {

Readiness release_readiness(ReadSession& session, const ReleaseInputs& inputs, const Host& host);

} // namespace deployctl::providers::host
