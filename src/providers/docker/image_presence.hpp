// An image on the engine of a host before a container is made of it: there already, or pulled by its digest
// with a login that is kept nowhere over there.
#pragma once

#include <string>

#include <deployctl/session.hpp>

#include "providers/docker/engines.hpp"

namespace deployctl::providers::docker {

// `image` as plain_image() gives it.
Status have_image(WriteSession& session, const Engine& engine, const std::string& image);

} // namespace deployctl::providers::docker
