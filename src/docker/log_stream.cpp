#include "docker/log_stream.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::docker {
namespace {

constexpr unsigned char standard_error = 2;
constexpr unsigned char engine_error = 3; // the engine's own words

} // namespace

Status LogStream::begin_frame() {
  filled_ = 0;
  if (head_[0] > engine_error || head_[1] != 0 || head_[2] != 0 || head_[3] != 0)
    return fail(Cause::network,
                fmt::format("a frame of the container's output begins with {:02x}{:02x}{:02x}{:02x}",
                            head_[0], head_[1], head_[2], head_[3]));
  stream_ = head_[0] >= standard_error ? Stream::err : Stream::out;
  left_ = 0;
  for (std::size_t i = 4; i < head_size; ++i) left_ = (left_ << 8U) | head_.at(i);
  return {};
}

Status LogStream::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (left_ > 0) {
      const std::string_view piece = bytes.substr(0, left_);
      consumer_(stream_, piece);
      left_ -= static_cast<std::uint32_t>(piece.size());
      bytes.remove_prefix(piece.size());
      continue;
    }
    const std::size_t count = std::min(head_size - filled_, bytes.size());
    std::copy_n(bytes.begin(), count, head_.begin() + static_cast<std::ptrdiff_t>(filled_));
    filled_ += count;
    bytes.remove_prefix(count);
    if (filled_ == head_size) DEPLOYCTL_CHECK(begin_frame());
  }
  return {};
}

} // namespace deployctl::docker
