// image.assemble: an image made of a base and files, without a daemon, put under a tag of a repository.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_assemble(const Surroundings& surroundings);

} // namespace deployctl::providers::image
