#include "registry/packed_layer.hpp"

#include <array>
#include <functional>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "os/gzip.hpp"
#include "os/new_file.hpp"
#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

using Take = std::function<Status(std::string_view)>;

constexpr std::size_t piece = 256U << 10;

Status stream(const ImageFiles& files, const std::string& name, const Take& take,
              const std::stop_token& stop) {
  DEPLOYCTL_TRY(const auto body, files.open(name));
  std::string buffer(piece, '\0');
  for (std::uint64_t offset = 0;;) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "stopped while a layer was read");
    DEPLOYCTL_TRY(const std::size_t got, body->read(offset, buffer));
    if (got == 0) return {};
    DEPLOYCTL_CHECK(take(std::string_view(buffer).substr(0, got)));
    offset += got;
  }
}

Status check_diff_id(const ArchiveLayer& layer, const Digest& found) {
  if (found == layer.diff_id) return {};
  return fail(Cause::conflict,
              fmt::format("the layer '{}' unpacks to {}, its image says {}", layer.name, found.text(),
                          layer.diff_id.text()),
              "the archive is damaged: save the image again");
}

Digest digest_of(Sha256& hash) {
  return {"sha256", hash.finish().hex()};
}

// What is packed already is sent as it is; what it unpacks to is still looked at where that can be known
// here.
Result<PackedLayer> take_packed(const ImageFiles& files, const ArchiveLayer& layer,
                                const std::stop_token& stop) {
  const bool gzip = layer.packing == Packing::gzip;
  Sha256 packed, unpacked;
  os::GzipReader reader([&](std::string_view bytes) -> Status {
    unpacked.update(bytes);
    return {};
  });
  DEPLOYCTL_CHECK(stream(
      files, layer.name,
      [&](std::string_view bytes) -> Status {
        packed.update(bytes);
        return gzip ? reader.write(bytes) : Status();
      },
      stop));
  if (gzip) {
    DEPLOYCTL_CHECK(reader.finish());
    DEPLOYCTL_CHECK(check_diff_id(layer, digest_of(unpacked)));
  }
  return PackedLayer{.descriptor = {.media_type = std::string(gzip ? media_type::docker_layer_gzip
                                                                   : media_type::oci_layer_zstd),
                                    .digest = digest_of(packed),
                                    .size = layer.size}};
}

} // namespace

Result<PackedLayer> pack_layer(const ImageFiles& files, const ArchiveLayer& layer, const std::string& path,
                               const std::stop_token& stop) {
  if (layer.packing != Packing::none) return take_packed(files, layer, stop);
  DEPLOYCTL_TRY(os::NewFile out, os::NewFile::create(path));
  Sha256 packed, unpacked;
  std::uint64_t size = 0;
  os::GzipWriter writer([&](std::string_view bytes) -> Status {
    packed.update(bytes);
    size += bytes.size();
    return out.write(bytes);
  });
  DEPLOYCTL_CHECK(stream(
      files, layer.name,
      [&](std::string_view bytes) {
        unpacked.update(bytes);
        return writer.write(bytes);
      },
      stop));
  DEPLOYCTL_CHECK(writer.finish());
  DEPLOYCTL_CHECK(check_diff_id(layer, digest_of(unpacked)));
  return PackedLayer{.descriptor = {.media_type = std::string(media_type::docker_layer_gzip),
                                    .digest = digest_of(packed),
                                    .size = size},
                     .path = path};
}

} // namespace deployctl::registry
