// One layer of an archive made ready for a registry: packed into a file of its own where it is not packed
// yet, and held against its diff id on the way. Streamed; nothing is held but buffers.
#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "registry/docker_archive.hpp"

namespace deployctl::registry {

struct PackedLayer {
  Descriptor descriptor;
  std::string path; // of the packed bytes; empty: they stand in the archive as they are
};

// `path`: where the packed bytes go. Cause::conflict when the layer is not what its diff id says.
Result<PackedLayer> pack_layer(const ImageFiles& files, const ArchiveLayer& layer, const std::string& path,
                               const std::stop_token& stop);

} // namespace deployctl::registry
