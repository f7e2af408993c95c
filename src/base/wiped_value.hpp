// A document that holds secrets, such as the answer of a secret store: its texts are zeroed at the end.
// Copies of its parts are beyond its reach.
#pragma once

#include <utility>

#include <deployctl/value.hpp>

namespace deployctl {

class WipedValue {
public:
  WipedValue() = default;
  explicit WipedValue(Value value) : value_(std::move(value)) {}
  ~WipedValue() { wipe(value_); }
  WipedValue(const WipedValue&) = delete;
  WipedValue& operator=(const WipedValue&) = delete;
  WipedValue(WipedValue&& other) noexcept : value_(std::exchange(other.value_, Value())) {}
  WipedValue& operator=(WipedValue&& other) noexcept {
    std::swap(value_, other.value_);
    return *this;
  }
  const Value& operator*() const { return value_; }
  const Value* operator->() const { return &value_; }

private:
  static void wipe(Value& value);

  Value value_;
};

} // namespace deployctl
