// The stream in which the engine sends what a container without a terminal says: frames of one of two streams
// each, cut anywhere. Nothing is kept of a frame but its head.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <deployctl/ports/sinks.hpp>
#include <deployctl/result.hpp>

namespace deployctl::docker {

class LogStream {
public:
  using Consumer = std::function<void(Stream, std::string_view bytes)>;

  explicit LogStream(Consumer consumer) : consumer_(std::move(consumer)) {}

  // Cause::network: these are no such frames.
  Status feed(std::string_view bytes);
  // Whether the last frame is whole.
  [[nodiscard]] bool is_whole() const { return filled_ == 0 && left_ == 0; }

private:
  static constexpr std::size_t head_size = 8;

  Status begin_frame();

  Consumer consumer_;
  std::array<unsigned char, head_size> head_{};
  std::size_t filled_ = 0; // of the head
  std::uint32_t left_ = 0; // of the frame
  Stream stream_ = Stream::out;
};

} // namespace deployctl::docker
