// Where an image comes from that is not in a registry yet: manifests and blobs by descriptor, blobs as
// sources that can be read again. Formats of files are behind it.
#pragma once

#include <memory>

#include <deployctl/ports/http.hpp>

#include "registry/manifest.hpp"
#include "registry/reference.hpp"

namespace deployctl::registry {

class ImageSource {
public:
  virtual ~ImageSource() = default;
  // The image or index itself.
  [[nodiscard]] virtual Result<Manifest> root() const = 0;
  // One that an index names. Thread-safe, as is blob().
  [[nodiscard]] virtual Result<Manifest> manifest(const Descriptor& descriptor) const = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<BodySource>> blob(const Descriptor& descriptor) const = 0;
  // A repository that has the blob already, as far as is known; null: none.
  [[nodiscard]] virtual const Repository* home_of(const Descriptor&) const { return nullptr; }
};

} // namespace deployctl::registry
