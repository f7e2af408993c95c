// image.scan: whether what Trivy finds in an image is within the bounds of a policy.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_scan(const Surroundings& surroundings);

} // namespace deployctl::providers::image
