// Some lines of a source with marks below one part of them. Counts terminal cells: tabs are expanded, wide
// characters count twice, what cannot be shown is replaced, long lines are cut to a window around the part.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/span.hpp>

#include "base/source.hpp"
#include "ui/style.hpp"

namespace deployctl::ui {

struct Mark {
  Span span;
  char sign = '^';
  Role role = Role::error;
  std::string_view label;
};

// With the line before, if it is not blank, when `context` is set. Ends with a line end.
std::string excerpt(const LineTable& lines, const Mark& mark, const Style& style, bool context);

// How many characters stand before this offset in its line, from 1: what editors call the column.
std::size_t character_column(const LineTable& lines, std::size_t offset);

// Digits of the largest line number that excerpt() shows for this span.
std::size_t gutter_width(const LineTable& lines, Span span);

} // namespace deployctl::ui
