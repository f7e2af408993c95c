// An image as it lies on disk, whatever its form: what it is, how much of it a registry lacks, and its way
// there.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <variant>

#include "registry/archive_push.hpp"
#include "registry/layout_source.hpp"

namespace deployctl::registry {

class LocalImage {
public:
  // A layout goes as it is; an archive, and a layout that `docker save` wrote beside one without packing
  // anything, is packed first. Cause::config when it is neither. `name`: which one, where there are several.
  static Result<LocalImage> open(const std::shared_ptr<const ImageFiles>& files, const std::string& name);

  // That of the image or index itself; or that of its configuration, while nobody knows the other.
  [[nodiscard]] const Digest& digest() const { return digest_; }
  [[nodiscard]] bool known_by_configuration() const { return std::holds_alternative<DockerArchive>(image_); }
  // Whether `there` is this image.
  [[nodiscard]] bool is(const Manifest& there) const;

  struct Work {
    std::size_t blobs = 0; // of all
    std::size_t missing = 0;
    std::uint64_t bytes = 0; // of the missing ones, before they are packed
  };
  // What would be sent at most when `before` is there.
  Result<Work> work(Client& client, const Access& access, const Before& before,
                    const std::stop_token& stop) const;

  // `folder` as in push_archive.
  Result<Copied> push(Client& client, const Reference& to, const CopyOptions& options,
                      const std::string& folder, const std::stop_token& stop) const;

private:
  using Image = std::variant<LayoutSource, DockerArchive>;
  LocalImage(Image image, Digest digest) : image_(std::move(image)), digest_(std::move(digest)) {}
  static LocalImage of(DockerArchive archive);

  Image image_;
  Digest digest_;
};

} // namespace deployctl::registry
