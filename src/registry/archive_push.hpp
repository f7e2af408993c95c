// Archives of `docker save` on their way into a repository. What the tag was before says what the registry
// calls layers that it has already: an unchanged image costs one request on a machine that has never seen it,
// and only new layers are packed and sent.
#pragma once

#include <map>
#include <stop_token>
#include <string>

#include "registry/docker_archive.hpp"
#include "registry/image_copy.hpp"

namespace deployctl::registry {

// Packed layers of a repository, by what they unpack to.
using KnownLayers = std::map<Digest, Descriptor>;

// Those of one image; none of an index, or when the registry has lost its configuration. What is written
// there is believed: whoever runs the image holds the layers against its diff ids.
Result<KnownLayers> layers_of(Client& client, const Access& access, const Manifest& image,
                              const std::stop_token& stop);

// `folder`: an existing one in which packed layers may lie meanwhile; nothing stays there.
Result<Copied> push_archive(Client& client, const DockerArchive& archive, const Reference& to,
                            const CopyOptions& options, const std::string& folder,
                            const std::stop_token& stop);

} // namespace deployctl::registry
