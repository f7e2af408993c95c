// Whether an image can come to a host and run there, found out before anything is done: the engine is asked,
// and by it the registry.
#pragma once

#include <string>

#include <deployctl/provider.hpp>

#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {

// Why the host will not get `image`, as plain_image() gives it, or could not run it; empty: nothing is known
// to be in the way. Fails when it is the login that is refused. One that is there already is
// taken as it is. `archive`: as have_image() has it.
Result<std::string> image_obstacle(ReadSession& session, const Engine& engine, const std::string& image,
                                   const Value& archive);

} // namespace deployctl::providers::docker
