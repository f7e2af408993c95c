#include "ui/excerpt.hpp"

#include <algorithm>
#include <vector>

#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl::ui {
namespace {

constexpr std::size_t tab_stop = 4;
constexpr std::string_view cut = "...";

// One character of a line as it is shown.
struct Cell {
  std::size_t offset = 0; // of its first byte in the line
  std::string text;
  std::size_t width = 0;
};

Cell cell_at(std::string_view line, std::size_t offset, std::size_t column) {
  if (line[offset] == '\t') {
    const std::size_t width = tab_stop - column % tab_stop;
    return {offset, std::string(width, ' '), width};
  }
  const CodePoint point = decode_utf8(line.substr(offset));
  const bool control = point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0);
  if (!point.valid || control) return {offset, "\xEF\xBF\xBD", 1};
  return {offset, std::string(line.substr(offset, point.length)),
          static_cast<std::size_t>(std::max(display_width(point.value), 0))};
}

std::vector<Cell> cells_of(std::string_view line) {
  std::vector<Cell> out;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    out.push_back(cell_at(line, at, column));
    column += out.back().width;
    at += line[at] == '\t' ? 1 : std::max<std::size_t>(decode_utf8(line.substr(at)).length, 1);
  }
  return out;
}

std::string join_cells(const std::vector<Cell>& cells, std::size_t from, std::size_t to) {
  std::string out;
  std::size_t column = 0;
  for (const Cell& cell : cells) {
    if (column >= from && column + cell.width <= to)
      out += cell.text;
    else if (column < to && column + cell.width > from) // half of a wide character
      out += std::string(std::min(column + cell.width, to) - std::max(column, from), ' ');
    column += cell.width;
  }
  return out;
}

// The cells that are shown, and where the marked bytes begin and end among them.
struct Window {
  std::string text;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::size_t width_before(const std::vector<Cell>& cells, std::size_t offset) {
  std::size_t width = 0;
  for (const Cell& cell : cells)
    if (cell.offset < offset) width += cell.width;
  return width;
}

Window window(std::string_view line, std::size_t begin, std::size_t end, std::size_t room) {
  const std::vector<Cell> cells = cells_of(line);
  const std::size_t total = width_before(cells, line.size());
  const std::size_t first = width_before(cells, begin);
  const std::size_t last = std::max(width_before(cells, end), first + 1);
  if (total <= room) return {join_cells(cells, 0, total), first, last};
  // A third of the room before the marked part, the rest from it on.
  const std::size_t from = std::min(first - std::min(first, room / 3), total - room);
  Window out{join_cells(cells, from, from + room), first - from, std::min(last - from, room)};
  if (from > 0) out = {std::string(cut) + out.text, out.begin + cut.size(), out.end + cut.size()};
  if (from + room < total) out.text += cut;
  return out;
}

std::string gutter(std::size_t width, std::string_view number, const Style& style) {
  const std::string left = std::string(width - number.size(), ' ') + std::string(number) + " |";
  return paint(style, Role::faint, left);
}

std::string without_end_blanks(std::string text) {
  text.resize(std::min(text.find_last_not_of(' ') + 1, text.size()));
  return text;
}

} // namespace

std::size_t gutter_width(const LineTable& lines, Span span) {
  return std::to_string(lines.position(span.begin).line).size();
}

std::size_t character_column(const LineTable& lines, std::size_t offset) {
  const Position position = lines.position(offset);
  const std::string_view before = lines.line(position.line).substr(0, position.column - 1);
  std::size_t characters = 1;
  for (std::size_t at = 0; at < before.size(); ++characters)
    at += std::max<std::size_t>(decode_utf8(before.substr(at)).length, 1);
  return characters;
}

std::string excerpt(const LineTable& lines, const Mark& mark, const Style& style, bool context) {
  const Position position = lines.position(mark.span.begin);
  const std::string_view line = lines.line(position.line);
  const std::size_t begin = std::min(position.column - 1, line.size());
  const std::size_t end = std::min(begin + (mark.span.end - mark.span.begin), line.size());
  const std::size_t width = gutter_width(lines, mark.span);
  const std::size_t room = static_cast<std::size_t>(std::max(style.width, 40)) - width - 3 - 2 * cut.size();
  std::string out = gutter(width, "", style) + "\n";
  const std::string_view above = lines.line(position.line - 1);
  if (context && !trim(above).empty())
    out += gutter(width, std::to_string(position.line - 1), style) + " " +
           without_end_blanks(window(above, 0, 0, room).text) + "\n";
  const Window shown = window(line, begin, end, room);
  out += without_end_blanks(gutter(width, std::to_string(position.line), style) + " " + shown.text) + "\n";
  const std::string signs(shown.end - shown.begin, mark.sign);
  const std::string words = mark.label.empty() ? signs : signs + " " + one_line(mark.label);
  return out + gutter(width, "", style) + " " + std::string(shown.begin, ' ') +
         paint(style, mark.role, words) + "\n";
}

} // namespace deployctl::ui
