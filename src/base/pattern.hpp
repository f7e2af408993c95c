// Regular expressions in linear time; the one wrapper of RE2. For patterns of field tables, operation tables
// and policy.
#pragma once

#include <cstddef>
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
  // The first match that begins at `from` or behind it; of several that begin there, the one an earlier
  // alternative makes.
  struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
  };
  [[nodiscard]] std::optional<Range> find(std::string_view text, std::size_t from = 0) const;
  // A match that begins exactly at `at`: the whole of it, and its first group (the whole where there is
  // none).
  struct Hit {
    Range whole;
    Range group;
  };
  [[nodiscard]] std::optional<Hit> match_at(std::string_view text, std::size_t at) const;
  // The groups of a match of the whole text, group 0 first; a group that took no part is empty.
  [[nodiscard]] std::optional<std::vector<std::string>> groups(std::string_view text) const;

private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;
};

} // namespace deployctl
