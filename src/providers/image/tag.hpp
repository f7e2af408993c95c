// image.tag and image.promote: what is written for each of them.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_tag(const Surroundings& surroundings);
Provider make_promote(const Surroundings& surroundings);

} // namespace deployctl::providers::image
