// Regular expressions in linear time; the one wrapper of RE2. For patterns of field tables, operation tables
// and policy.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace re2 {
class RE2;
}

namespace deployctl {

class Pattern {
public:
  // RE2 syntax, UTF-8. Cause::config when it is not a pattern.
  static Result<Pattern> compile(std::string_view expression);

  [[nodiscard]] bool matches(std::string_view text) const;  // the whole text
  [[nodiscard]] bool found_in(std::string_view text) const; // anywhere
  // The groups of a match of the whole text, group 0 first; a group that took no part is empty.
  [[nodiscard]] std::optional<std::vector<std::string>> groups(std::string_view text) const;

private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;
};

} // namespace deployctl
