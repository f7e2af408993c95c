#include "registry/checked_body.hpp"

namespace deployctl::registry {

Result<std::size_t> CheckedBody::read(std::uint64_t offset, std::span<char> out) {
  DEPLOYCTL_TRY(const std::size_t got, inner_->read(offset, out));
  if (digest_.algorithm != "sha256") return got;
  if (offset == 0) {
    check_ = std::make_unique<DigestCheck>(digest_, size_);
    next_ = 0;
  }
  if (!check_) return got;
  if (offset != next_) {
    check_.reset();
    return got;
  }
  DEPLOYCTL_CHECK(check_->take({out.data(), got}));
  next_ += got;
  if (next_ < size_) return got;
  const auto check = std::move(check_);
  DEPLOYCTL_CHECK(check->finish());
  return got;
}

} // namespace deployctl::registry
