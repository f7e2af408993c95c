#include "net/http_departure.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::net {

std::optional<std::size_t> Departure::fill(std::span<char> out) {
  const std::uint64_t left = source_->size() - std::min(offset_, source_->size());
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), left)));
  if (out.empty()) return 0;
  const Result<std::size_t> count = source_->read(offset_, out);
  if (!count)
    given_ = fail(count.error());
  else if (*count == 0)
    given_ = fail(Cause::conflict, fmt::format("a body of {} bytes ended after {}", source_->size(), offset_),
                  "it became shorter while it was sent");
  if (!given_) return std::nullopt;
  offset_ += *count;
  return *count;
}

bool Departure::rewind(std::uint64_t offset) {
  if (offset_ > offset) return false;
  offset_ = offset;
  return true;
}

} // namespace deployctl::net
