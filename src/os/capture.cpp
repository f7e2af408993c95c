#include "os/capture.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::os {

void Capture::add(std::string_view bytes) {
  total_ += bytes.size();
  const std::size_t half = limit_ / 2;
  const std::size_t head_room = std::min(limit_ - half - head_.size(), bytes.size());
  head_ += bytes.substr(0, head_room);
  bytes.remove_prefix(head_room);
  if (bytes.size() >= half) {
    tail_ = bytes.substr(bytes.size() - half);
    return;
  }
  // Cut before it is added to, so that it never takes more than was said.
  if (tail_.size() + bytes.size() > 2 * half) tail_.erase(0, tail_.size() - half);
  tail_ += bytes;
}

std::string Capture::text() const {
  if (total_ <= limit_) return head_ + tail_;
  const std::size_t half = limit_ / 2;
  const std::string_view last = std::string_view(tail_).substr(tail_.size() > half ? tail_.size() - half : 0);
  return fmt::format("{}\n[{} bytes left out]\n{}", head_, total_ - head_.size() - last.size(), last);
}

} // namespace deployctl::os
