// A file descriptor with one owner. For the sources of os; other layers see files and locks.
#pragma once

#include <utility>

namespace deployctl::os {

class Descriptor {
public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_); // the other one closes ours
    return *this;
  }
  ~Descriptor() { close(); }

  [[nodiscard]] int get() const { return number_; }
  [[nodiscard]] bool is_open() const { return number_ >= 0; }
  int release() { return std::exchange(number_, -1); }
  void close(); // errors are not told: whoever needs them syncs first

private:
  int number_ = -1;
};

} // namespace deployctl::os
