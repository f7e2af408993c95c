// image.check: whether an image is there and is what a deployment needs.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_check(const Surroundings& surroundings);

} // namespace deployctl::providers::image
