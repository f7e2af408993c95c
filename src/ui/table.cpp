#include "ui/table.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace deployctl::ui {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t narrowest_last = 20;

std::string row_text(const std::vector<std::string>& row, const std::vector<std::size_t>& widths, int width) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i + 1 < row.size(); ++i) {
    out.append(row[i]).append(widths[i] - display_width(row[i]) + gap, ' ');
    column += widths[i] + gap;
  }
  const std::size_t room =
      std::max(narrowest_last, static_cast<std::size_t>(width) -
                                   std::min<std::size_t>(column, static_cast<std::size_t>(width)));
  out.append(elide(row.back(), static_cast<int>(room)));
  out.erase(out.find_last_not_of(' ') + 1);
  return out;
}

} // namespace

std::string Table::text(const Style& style) const {
  std::vector<std::size_t> widths;
  for (const std::string& heading : headings_) widths.push_back(display_width(heading));
  for (const Row& row : rows_)
    for (std::size_t i = 0; i < row.cells.size(); ++i)
      widths[i] = std::max(widths[i], display_width(row.cells[i]));
  std::string out = paint(style, Role::strong, row_text(headings_, widths, style.width)) + "\n";
  const std::size_t indent = widths.front() + gap;
  for (const Row& row : rows_) {
    out.append(row_text(row.cells, widths, style.width)).append("\n");
    if (row.remark.empty()) continue;
    out.append(wrap(style, std::string(indent, ' ') + row.remark, static_cast<int>(indent))).append("\n");
  }
  return out;
}

} // namespace deployctl::ui
