#include "yaml/recovery.hpp"

#include <algorithm>

#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

// Lines below that are deeper than the key, and brackets that close what began in it.
std::size_t value_end(std::string_view text, std::size_t line, std::size_t column) {
  std::size_t end = line_end(text, line);
  for (std::size_t below = next_line(text, line); below < text.size(); below = next_line(text, below)) {
    if (is_blank_line(text, below)) continue;
    const char first = text[std::min(below + indentation(text, below), text.size() - 1)];
    if (indentation(text, below) <= column && first != ']' && first != '}') break;
    end = line_end(text, below);
  }
  return end;
}

} // namespace

std::optional<Range> blank_value(std::string& text, std::size_t at) {
  const std::size_t line = line_begin(text, std::min(at, text.size()));
  const LineShape shape = line_shape(text, line);
  const bool has_key = shape.colon && *shape.colon <= at;
  const Range range{has_key ? *shape.colon : line, value_end(text, line, shape.content - line)};
  bool changed = false;
  for (std::size_t i = range.begin; i < range.end; ++i) {
    if (text[i] == '\n' || text[i] == '\r' || text[i] == ' ') continue;
    text[i] = ' ';
    changed = true;
  }
  return changed ? std::optional(range) : std::nullopt;
}

} // namespace deployctl::yaml
