// image.versions: which versions of an image a repository has, the newest first.
#pragma once

#include <deployctl/provider.hpp>

#include "providers/surroundings.hpp"

namespace deployctl::providers::image {

Provider make_versions(const Surroundings& surroundings);

} // namespace deployctl::providers::image
