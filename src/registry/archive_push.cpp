#include "registry/archive_push.hpp"

#include <algorithm>
#include <array>
#include <thread>

#include <fmt/core.h>

#include "os/tree.hpp"
#include "registry/checked_body.hpp"
#include "registry/media_type.hpp"
#include "registry/packed_layer.hpp"
#include "registry/parallel.hpp"
#include "registry/text_body.hpp"

namespace deployctl::registry {
namespace {

// The same layer has one name in Docker's manifests and one in OCI's.
struct LayerType {
  std::string_view docker; // empty: only OCI has it
  std::string_view oci;
};
constexpr std::array<LayerType, 3> layer_types = {
    LayerType{media_type::docker_layer_gzip, media_type::oci_layer_gzip},
    LayerType{media_type::docker_layer, media_type::oci_layer}, LayerType{"", media_type::oci_layer_zstd}};

const LayerType* type_of(const Descriptor& layer) {
  const auto found = std::ranges::find_if(layer_types, [&](const LayerType& type) {
    return layer.media_type == type.docker || layer.media_type == type.oci;
  });
  return found == layer_types.end() ? nullptr : &*found;
}

// An archive with packed layers in place of its own.
class PackedImage final : public ImageSource {
public:
  explicit PackedImage(const DockerArchive& archive) : archive_(archive) {}

  // A layer that was packed, or nothing when the registry is believed to have it.
  void add(const Descriptor& layer, const ArchiveLayer& from, const std::optional<PackedLayer>& packed) {
    layers_.push_back(layer);
    if (packed) bytes_[layer.digest] = {packed->path, from.name};
  }

  Status finish() {
    const bool docker = std::ranges::all_of(layers_, [](const Descriptor& layer) {
      const LayerType* type = type_of(layer);
      return type && !type->docker.empty();
    });
    for (Descriptor& layer : layers_)
      if (const LayerType* type = type_of(layer)) layer.media_type = docker ? type->docker : type->oci;
    Descriptor config = archive_.configuration;
    if (!docker) config.media_type = media_type::oci_config;
    DEPLOYCTL_TRY(
        root_, make_image(docker ? media_type::docker_manifest : media_type::oci_manifest, config, layers_));
    return {};
  }

  [[nodiscard]] Result<Manifest> root() const override { return root_; }
  [[nodiscard]] Result<Manifest> manifest(const Descriptor& descriptor) const override {
    return fail(Cause::internal,
                fmt::format("an archive has no index that names {}", descriptor.digest.text()));
  }
  [[nodiscard]] Result<std::unique_ptr<BodySource>> blob(const Descriptor& blob) const override {
    if (blob.digest == archive_.configuration.digest) return std::make_unique<TextBody>(archive_.config);
    const auto found = bytes_.find(blob.digest);
    if (found == bytes_.end())
      return fail(Cause::image_missing, fmt::format("the registry has lost {}", blob.digest.text()));
    const auto& [path, name] = found->second;
    DEPLOYCTL_TRY(auto body, path.empty() ? archive_.files->open(name) : open_body(path));
    return std::make_unique<CheckedBody>(std::move(body), blob);
  }

private:
  struct Place {
    std::string path; // of a packed file
    std::string name; // in the archive, when that is packed already
  };

  const DockerArchive& archive_;
  std::vector<Descriptor> layers_;
  std::map<Digest, Place> bytes_;
  Manifest root_;
};

using Packed = std::map<Digest, PackedLayer>; // by diff id

// Each layer once, those that are known left out.
Result<Packed> pack_all(const DockerArchive& archive, const KnownLayers& known, const std::string& folder,
                        const std::stop_token& stop) {
  std::map<Digest, const ArchiveLayer*> unknown;
  for (const ArchiveLayer& layer : archive.layers)
    if (!known.contains(layer.diff_id)) unknown.emplace(layer.diff_id, &layer);
  std::vector<const ArchiveLayer*> wanted;
  wanted.reserve(unknown.size());
  for (const auto& [diff_id, layer] : unknown) wanted.push_back(layer);
  std::ranges::stable_sort(wanted, std::ranges::greater(), &ArchiveLayer::size);
  std::vector<PackedLayer> made(wanted.size());
  const auto job = [&](std::size_t index, const std::stop_token& inner) -> Status {
    const std::string path = fmt::format("{}/{}", folder, index);
    DEPLOYCTL_TRY(made[index], pack_layer(*archive.files, *wanted[index], path, inner));
    return {};
  };
  const std::size_t at_once = std::max(1U, std::thread::hardware_concurrency());
  DEPLOYCTL_CHECK(for_all(wanted.size(), at_once, job, stop));
  Packed packed;
  for (std::size_t i = 0; i < wanted.size(); ++i) packed.emplace(wanted[i]->diff_id, std::move(made[i]));
  return packed;
}

Result<Copied> push_with(Client& client, const DockerArchive& archive, const KnownLayers& known,
                         const Reference& to, const CopyOptions& options, const std::string& folder,
                         const std::stop_token& stop) {
  DEPLOYCTL_TRY(const auto scratch, os::TemporaryDirectory::create(folder, "deployctl-layers-"));
  DEPLOYCTL_TRY(const Packed packed, pack_all(archive, known, scratch.path(), stop));
  PackedImage image(archive);
  for (const ArchiveLayer& layer : archive.layers) {
    if (const auto there = known.find(layer.diff_id); there != known.end()) {
      image.add(there->second, layer, std::nullopt);
    } else {
      const PackedLayer& made = packed.at(layer.diff_id);
      image.add(made.descriptor, layer, made);
    }
  }
  DEPLOYCTL_CHECK(image.finish());
  return push_image(client, image, to, options, stop);
}

} // namespace

Result<KnownLayers> layers_of(Client& client, const Access& access, const Manifest& image,
                              const std::stop_token& stop) {
  KnownLayers known;
  if (image.is_index() || image.config.digest.empty()) return known;
  const auto bytes = client.small_blob(access, image.config, stop);
  if (!bytes && bytes.error().cause == Cause::image_missing) return known;
  if (!bytes) return fail(bytes.error());
  const auto config = parse_image_config(*bytes);
  if (!config || config->diff_ids.size() != image.layers.size()) return known; // some other artifact
  for (std::size_t i = 0; i < image.layers.size(); ++i)
    if (type_of(image.layers[i])) known.emplace(config->diff_ids[i], image.layers[i]);
  return known;
}

Result<Copied> push_archive(Client& client, const DockerArchive& archive, const Reference& to,
                            const CopyOptions& options, const std::string& folder,
                            const std::stop_token& stop) {
  const Access access = push_to(to.repository);
  Before before;
  if (!to.tag.empty()) {
    DEPLOYCTL_TRY(before.image, client.find_manifest(access, to.tag, stop));
  }
  const Digest now = before.image ? before.image->config.digest : Digest{};
  if (now == archive.configuration.digest) return Copied{.digest = before.image->digest, .unchanged = true};
  if (before.image) {
    DEPLOYCTL_CHECK(is_as_wanted(to, before.image->digest, archive.configuration.digest, options.move_tag));
  }
  KnownLayers known;
  if (before.image) {
    DEPLOYCTL_TRY(known, layers_of(client, access, *before.image, stop));
  }
  CopyOptions inner = options;
  inner.before = &before;
  auto pushed = push_with(client, archive, known, to, inner, folder, stop);
  // What the tag named is gone: all of it once more, from here.
  if (!pushed && pushed.error().cause == Cause::image_missing && !known.empty())
    return push_with(client, archive, {}, to, inner, folder, stop);
  return pushed;
}

} // namespace deployctl::registry
