#include "registry/local_image.hpp"

#include <algorithm>
#include <set>

#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

bool is_packed(const Descriptor& layer) {
  return layer.media_type != media_type::oci_layer && layer.media_type != media_type::docker_layer;
}

LocalImage::Work work_of(const std::vector<Manifest>& family, const std::set<Digest>& there) {
  LocalImage::Work work;
  std::set<Digest> seen;
  for (const Manifest& manifest : family)
    for (const Descriptor& blob : manifest.blobs()) {
      if (!seen.insert(blob.digest).second) continue;
      ++work.blobs;
      if (there.contains(blob.digest)) continue;
      ++work.missing;
      work.bytes += blob.size;
    }
  return work;
}

} // namespace

LocalImage LocalImage::of(DockerArchive archive) {
  Digest digest = archive.configuration.digest;
  return {std::move(archive), std::move(digest)};
}

Result<LocalImage> LocalImage::open(const std::shared_ptr<const ImageFiles>& files, const std::string& name) {
  DEPLOYCTL_TRY(const bool layout, is_layout(*files));
  DEPLOYCTL_TRY(const bool archive, has_file(*files, "manifest.json"));
  if (!layout && !archive)
    return fail(Cause::config,
                "it is no image: neither an OCI layout (oci-layout and index.json) nor an archive of "
                "'docker save' (manifest.json)");
  if (layout) {
    auto source = LayoutSource::open(files, name);
    if (!source && !archive) return fail(std::move(source).error());
    if (source) {
      DEPLOYCTL_TRY(const Manifest root, source->root());
      if (!archive || root.is_index() || root.layers.empty() || std::ranges::any_of(root.layers, is_packed))
        return LocalImage(*std::move(source), root.digest);
    }
  }
  DEPLOYCTL_TRY(DockerArchive read, read_docker_archive(files, name));
  return of(std::move(read));
}

bool LocalImage::is(const Manifest& there) const {
  return digest_ == (known_by_configuration() ? there.config.digest : there.digest);
}

Result<LocalImage::Work> LocalImage::work(Client& client, const Access& access, const Before& before,
                                          const std::stop_token& stop) const {
  if (const auto* layout = std::get_if<LayoutSource>(&image_)) {
    DEPLOYCTL_TRY(const auto family, family_of(*layout));
    std::set<Digest> there;
    if (before.image)
      for (const Descriptor& blob : before.image->blobs()) there.insert(blob.digest);
    return work_of(family, there);
  }
  const auto& archive = std::get<DockerArchive>(image_);
  KnownLayers known;
  if (before.image) {
    DEPLOYCTL_TRY(known, layers_of(client, access, *before.image, stop));
  }
  Work work{.blobs = 1, .missing = 1, .bytes = archive.config.size()};
  std::set<Digest> seen;
  for (const ArchiveLayer& layer : archive.layers) {
    if (!seen.insert(layer.diff_id).second) continue;
    ++work.blobs;
    if (known.contains(layer.diff_id)) continue;
    ++work.missing;
    work.bytes += layer.size;
  }
  return work;
}

Result<Copied> LocalImage::push(Client& client, const Reference& to, const CopyOptions& options,
                                const std::string& folder, const std::stop_token& stop) const {
  if (const auto* layout = std::get_if<LayoutSource>(&image_))
    return push_image(client, *layout, to, options, stop);
  return push_archive(client, std::get<DockerArchive>(image_), to, options, folder, stop);
}

} // namespace deployctl::registry
