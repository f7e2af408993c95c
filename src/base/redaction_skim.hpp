// Passes quickly over text in which no form of a secret begins, whichever way it is read; what cannot be told
// at a glance is left to redaction_walk.hpp.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/redaction_table.hpp"

namespace deployctl {

class RedactionSkim {
public:
  // Before other bytes are skimmed.
  void begin(std::string_view text);

  // The first place from `at` on that has to be walked over, or the size of the text. At `at` no escape
  // sequence may be open.
  std::size_t skip(const RedactionTable& table, std::size_t at);

  // Whether nothing but blanks stands between the last end of a line and the place that `skip` gave.
  [[nodiscard]] bool between_lines() const { return between_lines_; }
  void set_between_lines(bool between) { between_lines_ = between; }

private:
  // The next place of one byte, looked for again only when it is passed.
  struct Next {
    char byte;
    std::size_t at = 0;

    void begin(std::string_view text);
    std::size_t from(std::string_view text, std::size_t place);
  };

  std::size_t leave(std::size_t at, std::size_t line_begin);
  [[nodiscard]] bool begins_joined(const RedactionTable& table, std::size_t at, std::size_t stop) const;
  [[nodiscard]] std::size_t cross_line_end(const RedactionTable& table, std::size_t at, std::size_t line_end,
                                           std::size_t visible, std::size_t stop) const;

  std::string_view text_;
  Next escape_{'\x1b'};
  Next carriage_return_{'\r'};
  Next line_end_{'\n'};
  bool between_lines_ = false;
};

} // namespace deployctl
