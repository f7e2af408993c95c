// Text that is zeroed when it goes out of scope: for secret bytes on their way. Not for keeping one (that is
// Secret), and copies that strings made before are beyond its reach.
#pragma once

#include <cstring>
#include <string>
#include <utility>

namespace deployctl {

class Wiped {
public:
  explicit Wiped(std::string text = {}) : text_(std::move(text)) {}
  ~Wiped() { ::explicit_bzero(text_.data(), text_.size()); }
  Wiped(const Wiped&) = delete;
  Wiped& operator=(const Wiped&) = delete;
  std::string& operator*() { return text_; }
  const std::string& operator*() const { return text_; }
  std::string* operator->() { return &text_; }
  const std::string* operator->() const { return &text_; }

private:
  std::string text_;
};

} // namespace deployctl
