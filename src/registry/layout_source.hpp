// An image or index of an OCI layout (oci-layout, index.json, blobs/...), in a folder or in a tar: sent as it
// is, byte for byte.
#pragma once

#include <memory>
#include <string>

#include "registry/image_files.hpp"
#include "registry/image_source.hpp"

namespace deployctl::registry {

class LayoutSource final : public ImageSource {
public:
  // `name`: one of the names written in index.json; empty: the only image there. Cause::config when it is no
  // layout, or when that name means none or several.
  static Result<LayoutSource> open(std::shared_ptr<const ImageFiles> files, const std::string& name);

  [[nodiscard]] Result<Manifest> root() const override { return root_; }
  [[nodiscard]] Result<Manifest> manifest(const Descriptor& descriptor) const override;
  [[nodiscard]] Result<std::unique_ptr<BodySource>> blob(const Descriptor& descriptor) const override;

private:
  explicit LayoutSource(std::shared_ptr<const ImageFiles> files) : files_(std::move(files)) {}

  std::shared_ptr<const ImageFiles> files_;
  Manifest root_;
};

// Whether there is a layout at all: its mark, and an index.
Result<bool> is_layout(const ImageFiles& files);

} // namespace deployctl::registry
