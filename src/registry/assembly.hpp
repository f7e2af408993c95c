// An image made here without a daemon: a base of some registry, or none, and one layer of files. Its bytes
// depend on nothing but what goes in. Layers of the base are mounted or read from where they are, never
// unpacked.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "registry/client.hpp"
#include "registry/image_source.hpp"
#include "registry/image_wishes.hpp"
#include "registry/packed_files.hpp"

namespace deployctl::registry {

// An image that others are made from, pinned; with neither repository nor manifest: "scratch".
struct BaseImage {
  Repository repository;
  Manifest manifest;
  std::string config; // bytes

  [[nodiscard]] bool is_scratch() const { return config.empty(); }
  [[nodiscard]] Reference reference() const { return {.repository = repository, .digest = manifest.digest}; }
};

// What `from` means, of an index that for `platform` ("linux/amd64"). Cause::image_missing, image_arch.
Result<BaseImage> find_base(Client& client, const Reference& from, const std::string& platform,
                            const std::stop_token& stop);

class Assembly final : public ImageSource {
public:
  // `folder` holds the packed layer, and outlives this. `client` as well.
  static Result<Assembly> make(Client& client, BaseImage base, const ImageWishes& wishes,
                               std::vector<LayerFile> files, const std::string& folder,
                               const std::stop_token& stop);

  [[nodiscard]] Result<Manifest> root() const override { return root_; }
  [[nodiscard]] Result<Manifest> manifest(const Descriptor& descriptor) const override;
  [[nodiscard]] Result<std::unique_ptr<BodySource>> blob(const Descriptor& descriptor) const override;
  [[nodiscard]] const Repository* home_of(const Descriptor& blob) const override;

private:
  Assembly(Client& client, BaseImage base, std::stop_token stop)
      : client_(&client), base_(std::move(base)), stop_(std::move(stop)) {}

  Client* client_;
  BaseImage base_;
  std::stop_token stop_;
  Access pull_;
  std::string config_;
  std::string packed_; // path of the layer
  Manifest root_;
};

// The digest of its configuration, without packing anything.
Result<Digest> assembled_config(const BaseImage& base, const ImageWishes& wishes,
                                std::vector<LayerFile> files, const std::stop_token& stop);

} // namespace deployctl::registry
