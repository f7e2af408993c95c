// Any bytes are a manifest, a configuration or refused; a manifest keeps its bytes, and what it lists can be
// written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "registry/manifest.hpp"

using namespace deployctl::registry;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  (void)parse_image_config(bytes);
  const auto manifest = parse_manifest(bytes);
  if (!manifest) return 0;
  if (manifest->bytes != bytes || manifest->digest != Digest::of(bytes)) std::abort();
  if (manifest->blobs().size() > manifest->layers.size() + 1) std::abort();
  const auto again = manifest->is_index()
                         ? make_index(manifest->manifests)
                         : make_image(manifest->media_type, manifest->config, manifest->layers);
  if (!again || again->manifests.size() != manifest->manifests.size() ||
      again->layers.size() != manifest->layers.size())
    std::abort();
  return 0;
}
