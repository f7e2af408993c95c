#include "yaml/scan.hpp"

#include <algorithm>

namespace deployctl::yaml {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view flow_marks = ",[]{}";

bool is_white(char c) {
  return white.find(c) != std::string_view::npos;
}

std::size_t find_or_end(std::string_view text, std::string_view any, std::size_t from) {
  return std::min(text.find_first_of(any, from), text.size());
}

std::size_t skip(std::string_view text, std::string_view any, std::size_t from) {
  return std::min(text.find_first_not_of(any, from), text.size());
}

// The column that a block scalar's lines must exceed: that of the key, or of the dash, it belongs to; -1 at
// top level.
std::ptrdiff_t parent_column(std::string_view text, std::size_t header) {
  const std::size_t line = line_begin(text, header);
  const LineShape shape = line_shape(text, line);
  if (shape.colon && *shape.colon <= header) return static_cast<std::ptrdiff_t>(shape.content - line);
  const std::size_t dash = text.substr(line, header - line).rfind('-');
  return dash == std::string_view::npos ? -1 : static_cast<std::ptrdiff_t>(dash);
}

std::size_t quoted_key_end(std::string_view text, std::size_t begin) {
  const std::size_t end = quoted_end(text, begin).value_or(begin);
  return end <= line_end(text, begin) ? end : begin;
}

} // namespace

std::size_t line_begin(std::string_view text, std::size_t offset) {
  const std::size_t newline = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t line_end(std::string_view text, std::size_t offset) {
  const std::size_t end = find_or_end(text, "\n", offset);
  return end > offset && end < text.size() && text[end - 1] == '\r' ? end - 1 : end;
}

std::size_t next_line(std::string_view text, std::size_t offset) {
  return std::min(find_or_end(text, "\n", offset) + 1, text.size());
}

std::size_t indentation(std::string_view text, std::size_t line) {
  return skip(text, " ", line) - line;
}

bool is_blank_line(std::string_view text, std::size_t line) {
  return skip(text, " \t", line) >= line_end(text, line);
}

std::size_t skip_blank(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (true) {
    at = skip(text, white, at);
    const bool comment = at < text.size() && text[at] == '#' && (at == 0 || is_white(text[at - 1]));
    if (!comment) return at;
    at = find_or_end(text, "\n", at);
  }
}

std::size_t word_end(std::string_view text, std::size_t begin) {
  std::size_t at = begin;
  while (at < text.size() && !is_white(text[at]) && flow_marks.find(text[at]) == std::string_view::npos) ++at;
  return at;
}

Properties skip_properties(std::string_view text, std::size_t begin) {
  Properties out{.content = begin, .tag = {}};
  while (out.content < text.size() && (text[out.content] == '&' || text[out.content] == '!')) {
    if (text[out.content] == '!') out.tag = out.content;
    out.content = skip_blank(text, word_end(text, out.content));
  }
  return out;
}

std::size_t plain_end(std::string_view text, std::size_t begin, std::string_view value) {
  std::size_t at = begin;
  std::size_t in_value = 0;
  while (in_value < value.size() && at < text.size()) {
    if (is_white(value[in_value])) {
      // A fold joins lines by one blank, so runs correspond, not bytes.
      const std::size_t behind = skip(text, white, at);
      if (behind == at) return at;
      at = behind;
      in_value = skip(value, white, in_value);
    } else if (value[in_value] != text[at]) {
      return at;
    } else {
      ++at;
      ++in_value;
    }
  }
  return at;
}

std::optional<std::size_t> quoted_end(std::string_view text, std::size_t begin) {
  if (begin >= text.size()) return std::nullopt;
  const char quote = text[begin];
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    const bool escape = quote == '"' && text[at] == '\\';
    const bool doubled = quote == '\'' && text.substr(at, 2) == "''";
    if (escape || doubled)
      ++at;
    else if (text[at] == quote)
      return at + 1;
  }
  return std::nullopt;
}

std::size_t block_end(std::string_view text, std::size_t begin) {
  const std::ptrdiff_t parent = parent_column(text, begin);
  std::size_t end = line_end(text, begin);
  std::optional<std::size_t>
      wanted; // the first line of content sets the indentation, unless the header names it
  const std::string_view header = text.substr(begin, end - begin);
  if (const std::size_t digit = header.find_first_of("123456789"); digit <= 2)
    wanted = static_cast<std::size_t>(std::max<std::ptrdiff_t>(parent, 0) + (header[digit] - '0'));
  for (std::size_t line = next_line(text, begin); line < text.size(); line = next_line(text, line)) {
    if (is_blank_line(text, line)) continue;
    const std::size_t indent = indentation(text, line);
    if (!wanted && static_cast<std::ptrdiff_t>(indent) <= parent) break;
    if (!wanted) wanted = indent;
    if (indent < *wanted) break;
    end = line_end(text, line);
  }
  return end;
}

ScalarExtent scalar_extent(std::string_view text, std::size_t begin, std::string_view value) {
  const char first = begin < text.size() ? text[begin] : ' ';
  if (first == '|' || first == '>') return {.style = Style::block, .end = block_end(text, begin)};
  if (first != '"' && first != '\'') return {.style = Style::plain, .end = plain_end(text, begin, value)};
  const auto end = quoted_end(text, begin);
  return {.style = Style::quoted, .end = end.value_or(text.size()), .closed = end.has_value()};
}

LineShape line_shape(std::string_view text, std::size_t line) {
  const std::size_t end = line_end(text, line);
  LineShape shape{.content = std::min(skip(text, " ", line), end), .colon = {}};
  while (shape.content + 1 < end && text[shape.content] == '-' && text[shape.content + 1] == ' ')
    shape.content = std::min(skip(text, " ", shape.content + 1), end);
  std::size_t at = shape.content;
  if (at < end && (text[at] == '"' || text[at] == '\'')) at = quoted_key_end(text, at);
  for (; at < end; ++at) {
    if (text[at] == '#' && at > line && is_white(text[at - 1])) return shape;
    if (text[at] == '[' || text[at] == '{') return shape;
    if (text[at] != ':' || (at + 1 < end && !is_white(text[at + 1]))) continue;
    shape.colon = at + 1;
    return shape;
  }
  return shape;
}

} // namespace deployctl::yaml
