// What refers to an image on its way into another repository: signatures and notes, those that a registry
// lists and those under tags made of the digest.
#pragma once

#include <cstddef>
#include <stop_token>

#include "registry/image_copy.hpp"

namespace deployctl::registry {

// Each with its own family; their number. `from` has a digest.
Result<std::size_t> promote_referrers(Client& client, const Reference& from, const Reference& to,
                                      const CopyOptions& options, const std::stop_token& stop);

} // namespace deployctl::registry
