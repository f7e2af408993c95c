// image.verify: whether an image is signed, by the keys that the pipeline trusts.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_verify(const Surroundings& surroundings);

} // namespace deployctl::providers::image
