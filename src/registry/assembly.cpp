#include "registry/assembly.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "registry/checked_body.hpp"
#include "registry/image_files.hpp"
#include "registry/media_type.hpp"
#include "registry/remote_blob.hpp"
#include "registry/text_body.hpp"

namespace deployctl::registry {
namespace {

// Docker's names of layers, in a manifest of OCI.
std::string oci_type(const std::string& type) {
  if (type == media_type::docker_layer_gzip) return std::string(media_type::oci_layer_gzip);
  if (type == media_type::docker_layer) return std::string(media_type::oci_layer);
  return type;
}

bool fits(const Descriptor& child, const std::string& platform) {
  const std::string text = child.platform.text();
  return !child.is_attestation() && (text == platform || text.starts_with(platform + "/"));
}

// Of several variants the first: the order is the publisher's.
Result<Descriptor> child_for(const Manifest& index, const Reference& from, const std::string& platform) {
  const auto found = std::ranges::find_if(index.manifests, [&](const auto& c) { return fits(c, platform); });
  if (found != index.manifests.end()) return *found;
  return fail(Cause::image_arch, fmt::format("'{}' has no image for {}", from.text(), platform),
              "choose another base, or another 'platform'");
}

// Reads through the base's registry; what it needs is kept with it.
class BaseBlob final : public BodySource {
public:
  BaseBlob(Client& client, Access access, Descriptor blob, const std::stop_token& stop)
      : access_(std::move(access)), blob_(std::move(blob)), body_(client, access_, blob_, stop) {}
  [[nodiscard]] std::uint64_t size() const override { return body_.size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    return body_.read(offset, out);
  }

private:
  Access access_;
  Descriptor blob_;
  RemoteBlob body_; // last: it uses the rest
};

} // namespace

Result<BaseImage> find_base(Client& client, const Reference& from, const std::string& platform,
                            const std::stop_token& stop) {
  const Access access = pull_from(from.repository);
  DEPLOYCTL_TRY(auto found, client.find_manifest(access, from.wanted(), stop));
  if (!found)
    return fail(Cause::image_missing, fmt::format("there is no base '{}'", from.text()),
                "check its name and its tag");
  BaseImage base{.repository = from.repository, .manifest = *std::move(found)};
  if (base.manifest.is_index()) {
    DEPLOYCTL_TRY(const Descriptor child, child_for(base.manifest, from, platform));
    DEPLOYCTL_TRY(base.manifest, client.manifest(access, child.digest.text(), stop));
  }
  DEPLOYCTL_TRY(base.config, client.small_blob(access, base.manifest.config, stop));
  DEPLOYCTL_TRY(const ImageConfig config, parse_image_config(base.config));
  if (!fits({.platform = config.platform}, platform))
    return fail(Cause::image_arch,
                fmt::format("'{}' is for {}, wanted {}", from.text(), config.platform.text(), platform));
  if (config.diff_ids.size() != base.manifest.layers.size())
    return fail(Cause::config, fmt::format("'{}' has {} layers, its configuration names {}", from.text(),
                                           base.manifest.layers.size(), config.diff_ids.size()));
  return base;
}

Result<Digest> assembled_config(const BaseImage& base, const ImageWishes& wishes,
                                std::vector<LayerFile> files, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const PackedFiles layer, pack_files(std::move(files), "", stop));
  DEPLOYCTL_TRY(const std::string config, wished_config(base.config, wishes, layer.diff_id));
  return Digest::of(config);
}

Result<Assembly> Assembly::make(Client& client, BaseImage base, const ImageWishes& wishes,
                                std::vector<LayerFile> files, const std::string& folder,
                                const std::stop_token& stop) {
  Assembly made(client, std::move(base), stop);
  made.pull_ = pull_from(made.base_.repository);
  made.packed_ = folder + "/layer";
  DEPLOYCTL_TRY(const PackedFiles layer, pack_files(std::move(files), made.packed_, stop));
  DEPLOYCTL_TRY(made.config_, wished_config(made.base_.config, wishes, layer.diff_id));
  std::vector<Descriptor> layers;
  for (const Descriptor& of_base : made.base_.manifest.layers)
    layers.push_back(
        {.media_type = oci_type(of_base.media_type), .digest = of_base.digest, .size = of_base.size});
  layers.push_back(layer.descriptor);
  const Descriptor config{.media_type = std::string(media_type::oci_config),
                          .digest = Digest::of(made.config_),
                          .size = made.config_.size()};
  DEPLOYCTL_TRY(made.root_, make_image(media_type::oci_manifest, config, layers));
  return made;
}

Result<Manifest> Assembly::manifest(const Descriptor& descriptor) const {
  return fail(Cause::internal,
              fmt::format("an assembled image has no index that names {}", descriptor.digest.text()));
}

Result<std::unique_ptr<BodySource>> Assembly::blob(const Descriptor& descriptor) const {
  if (descriptor.digest == root_.config.digest) return std::make_unique<TextBody>(config_);
  if (home_of(descriptor)) return std::make_unique<BaseBlob>(*client_, pull_, descriptor, stop_);
  DEPLOYCTL_TRY(auto body, open_body(packed_));
  return std::make_unique<CheckedBody>(std::move(body), descriptor);
}

const Repository* Assembly::home_of(const Descriptor& blob) const {
  const auto& layers = base_.manifest.layers;
  const bool of_base = std::ranges::find(layers, blob.digest, &Descriptor::digest) != layers.end();
  return of_base ? &base_.repository : nullptr;
}

} // namespace deployctl::registry
