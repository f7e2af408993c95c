// A body that is held against its digest while it is sent: wrong bytes never become the end of an upload.
#pragma once

#include <memory>

#include <deployctl/ports/http.hpp>

#include "registry/digest.hpp"
#include "registry/manifest.hpp"

namespace deployctl::registry {

class CheckedBody final : public BodySource {
public:
  CheckedBody(std::unique_ptr<BodySource> inner, const Descriptor& blob)
      : inner_(std::move(inner)), digest_(blob.digest), size_(blob.size) {}

  [[nodiscard]] std::uint64_t size() const override { return inner_->size(); }
  // From the beginning each time it is sent anew. Who goes on in the middle is not checked here: the registry
  // checks the whole.
  Result<std::size_t> read(std::uint64_t offset, std::span<char> out) override;

private:
  std::unique_ptr<BodySource> inner_;
  Digest digest_;
  std::uint64_t size_;
  std::uint64_t next_ = 0;
  std::unique_ptr<DigestCheck> check_; // while bytes are read in order
};

} // namespace deployctl::registry
