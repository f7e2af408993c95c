// image.build: an image built from a Dockerfile by the tool that this machine has, and found again by what it
// was built from.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_build(const Surroundings& surroundings);

} // namespace deployctl::providers::image
