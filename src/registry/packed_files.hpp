// Files of this machine as a layer of an image: the same files make the same bytes, whoever packs them, with
// whatever umask, clock and order. Directories get no entries: those that the image has already keep what
// they are. Streamed; nothing is held but buffers.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "registry/manifest.hpp"

namespace deployctl::registry {

struct LayerFile {
  std::string name; // in the image, without '/' at its front
  bool executable = false;
  std::uint64_t size = 0;
  std::string path; // where its bytes are
  std::string link; // where a symbolic link leads; then it has no bytes
};

struct PackedFiles {
  Digest diff_id;
  Descriptor descriptor; // of the packed bytes; its digest is empty when they were not wanted
};

// In byte order of the names, whatever their order here. `path`: a new file for the packed bytes; empty: only
// what they would unpack to is wanted. Cause::conflict when a file has another size by now.
Result<PackedFiles> pack_files(std::vector<LayerFile> files, const std::string& path,
                               const std::stop_token& stop);

} // namespace deployctl::registry
