// An image as `docker save` writes it: manifest.json, a configuration, and layers that are not packed. Its
// layers are known by what they unpack to (diff ids); what a registry calls them is known when they are
// packed, or when it has them already (archive_push.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/image_files.hpp"
#include "registry/manifest.hpp"

namespace deployctl::registry {

enum class Packing { none, gzip, zstd };

struct ArchiveLayer {
  std::string name; // of the file
  Digest diff_id;
  std::uint64_t size = 0; // of the file
  Packing packing = Packing::none;
};

struct DockerArchive {
  std::shared_ptr<const ImageFiles> files;
  std::string config;       // bytes
  Descriptor configuration; // of them: what docker calls the image's id
  std::vector<ArchiveLayer> layers;
};

// `name`: one of its tags, as written there; empty: the only image in it. Cause::config when it is no such
// archive, when the name means none or several, or when layers and configuration disagree.
Result<DockerArchive> read_docker_archive(std::shared_ptr<const ImageFiles> files, const std::string& name);

Packing packing_of(std::string_view first_bytes);

} // namespace deployctl::registry
