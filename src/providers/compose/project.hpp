// compose.project: a Compose project on hosts, by the Compose that is there, over the port to hosts. The
// release is a folder (the tree, .env, a file of ours that pins images), proven by looking at the containers
// themselves and taken back by the folder before. Volumes are never removed and questions never answered. Not
// for containers of one's own: docker.service; not without downtime: Compose replaces in place.
#pragma once

#include <deployctl/provider.hpp>

namespace deployctl::providers::compose {

Provider make_project();

} // namespace deployctl::providers::compose
