// Blobs of a source that some repository has already: from where they are mounted, and what a token needs for
// it. For pushes of images made from others.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "registry/access.hpp"
#include "registry/image_source.hpp"

namespace deployctl::registry {

// The repository to mount from: of the same host, and another one; else empty.
std::string mount_name(const ImageSource& source, const Descriptor& blob, const Repository& to);
// The access of a push that may mount all of `root` that can be mounted.
Access push_with_mounts(const ImageSource& source, const Manifest& root, const Repository& to);

// Knows whether anybody has read it.
class WatchedBody final : public BodySource {
public:
  explicit WatchedBody(std::unique_ptr<BodySource> inner) : inner_(std::move(inner)) {}
  [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override {
    was_read_ = true;
    return inner_->read(offset, out);
  }
  [[nodiscard]] bool was_read() const { return was_read_; }

private:
  std::unique_ptr<BodySource> inner_;
  bool was_read_ = false;
};

} // namespace deployctl::registry
