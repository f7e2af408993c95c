// image.push: an image that lies on this machine, put under a tag of a repository.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_push(const Surroundings& surroundings);

} // namespace deployctl::providers::image
