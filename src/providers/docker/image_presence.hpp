// An image on the engine of a host before a container is made of it: there already, carried there out of an
// archive, or pulled by its digest with a login that is kept nowhere over there.
#pragma once

#include <string>

#include <deployctl/session.hpp>

#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {

// `image` as plain_image() gives it; `archive` as the engine gives an input of the type file, or null.
Status have_image(WriteSession& session, const Engine& engine, const std::string& image,
                  const Value& archive);

} // namespace deployctl::providers::docker
