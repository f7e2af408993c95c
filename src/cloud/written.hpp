// The settings of one provider instance as they stand under `providers`, secrets already put in; with the
// variables that stand in for what is not written. A view: outlived by neither.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/text.hpp>
#include <deployctl/value.hpp>

#include "cloud/rest.hpp"

namespace deployctl::cloud {

class Written {
public:
  Written(const Value& settings, const Parts& parts) : settings_(settings), parts_(parts) {}

  // What is written, else the first of the variables that is set, else nothing.
  [[nodiscard]] std::string text(std::string_view key,
                                 std::initializer_list<std::string_view> variables = {}) const;
  // The same for what may be a secret; a variable's content becomes one, known to the redactor.
  [[nodiscard]] std::optional<Secret> secret(std::string_view key,
                                             std::initializer_list<std::string_view> variables = {}) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const;

private:
  [[nodiscard]] const std::string* variable(std::initializer_list<std::string_view> names) const;

  const Value& settings_;
  const Parts& parts_;
};

} // namespace deployctl::cloud
