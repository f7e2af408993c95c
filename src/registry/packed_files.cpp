#include "registry/packed_files.hpp"

#include <algorithm>
#include <functional>
#include <optional>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "os/gzip.hpp"
#include "os/new_file.hpp"
#include "os/tar_header.hpp"
#include "registry/image_files.hpp"
#include "registry/media_type.hpp"

namespace deployctl::registry {
namespace {

constexpr std::size_t piece = 256U << 10;

using Take = std::function<Status(std::string_view)>;

Status copy_bytes(const LayerFile& file, const Take& take, const std::stop_token& stop) {
  DEPLOYCTL_TRY(const auto body, open_body(file.path));
  std::string buffer(piece, '\0');
  std::uint64_t offset = 0;
  while (offset <= file.size) {
    if (stop.stop_requested()) return fail(Cause::cancelled, "stopped while a layer was made");
    DEPLOYCTL_TRY(const std::size_t got, body->read(offset, buffer));
    offset += got;
    if (got == 0 || offset > file.size) break;
    DEPLOYCTL_CHECK(take(std::string_view(buffer).substr(0, got)));
  }
  if (offset == file.size) return {};
  return fail(Cause::conflict,
              fmt::format("'{}' has {} bytes now, it had {} in the plan", file.name, offset, file.size),
              "plan again");
}

Status write_tar(const std::vector<LayerFile>& files, const Take& take, const std::stop_token& stop) {
  for (const LayerFile& file : files) {
    const bool is_link = !file.link.empty();
    const unsigned mode = is_link ? 0777 : file.executable ? 0755 : 0644;
    DEPLOYCTL_CHECK(take(os::tar_header(
        {.name = file.name, .mode = mode, .size = is_link ? 0 : file.size, .link = file.link})));
    if (is_link) continue;
    DEPLOYCTL_CHECK(copy_bytes(file, take, stop));
    DEPLOYCTL_CHECK(take(os::tar_padding(file.size)));
  }
  return take(os::tar_end());
}

Digest digest_of(Sha256& hash) {
  return {"sha256", hash.finish().hex()};
}

} // namespace

Result<PackedFiles> pack_files(std::vector<LayerFile> files, const std::string& path,
                               const std::stop_token& stop) {
  std::ranges::sort(files, {}, &LayerFile::name);
  Sha256 packed, unpacked;
  std::uint64_t size = 0;
  std::optional<os::NewFile> out;
  if (!path.empty()) {
    DEPLOYCTL_TRY(out, os::NewFile::create(path));
  }
  os::GzipWriter writer([&](std::string_view bytes) -> Status {
    packed.update(bytes);
    size += bytes.size();
    return out->write(bytes);
  });
  const Take take = [&](std::string_view bytes) -> Status {
    unpacked.update(bytes);
    return out ? writer.write(bytes) : Status();
  };
  DEPLOYCTL_CHECK(write_tar(files, take, stop));
  PackedFiles made{.diff_id = digest_of(unpacked)};
  if (!out) return made;
  DEPLOYCTL_CHECK(writer.finish());
  made.descriptor = {
      .media_type = std::string(media_type::oci_layer_gzip), .digest = digest_of(packed), .size = size};
  return made;
}

} // namespace deployctl::registry
