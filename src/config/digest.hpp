// The pipeline's digest: SHA-256 over canonical JSON of what decides a deployment. No places, no secret
// values.
#pragma once

#include <string>

#include "config/pipeline.hpp"

namespace deployctl::config {

// The pipeline as a value: also what tests and `validate --output json` show.
Value pipeline_value(const Pipeline& pipeline);
std::string digest_of(const Pipeline& pipeline);

} // namespace deployctl::config
