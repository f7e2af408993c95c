// What is kept of a child's output: all of it, or the first and the last half when there is more than the
// limit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace deployctl::os {

class Capture {
public:
  explicit Capture(std::size_t limit) : limit_(limit) {}

  void add(std::string_view bytes);
  // With a line "[N bytes left out]" between the halves when something is missing.
  [[nodiscard]] std::string text() const;

private:
  std::size_t limit_;
  std::string head_;
  std::string tail_; // at most twice its half, cut when read
  std::size_t total_ = 0;
};

} // namespace deployctl::os
