// Text: a string that may be a secret. Fields that accept secrets decode to it; edges that write bytes take
// it.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include <deployctl/secret.hpp>

namespace deployctl {

class Text {
public:
  Text() = default;
  Text(std::string plain) : data_(std::move(plain)) {}
  Text(const char* plain) : data_(std::string(plain)) {}
  Text(Secret secret) : data_(std::move(secret)) {}

  [[nodiscard]] const std::string* plain() const { return std::get_if<std::string>(&data_); }
  [[nodiscard]] const Secret* secret() const { return std::get_if<Secret>(&data_); }

private:
  std::variant<std::string, Secret> data_;
};

} // namespace deployctl
