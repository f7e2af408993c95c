#include "ui/tty/painter.hpp"

#include <algorithm>

namespace deployctl::ui::tty {
namespace {

constexpr std::string_view hide_cursor = "\033[?25l";
constexpr std::string_view erase_below = "\r\033[J";
constexpr std::string_view erase_line_end = "\033[K";

std::string up(std::size_t rows) {
  return rows == 0 ? "\r" : "\r\033[" + std::to_string(rows) + "A";
}

std::string down(std::size_t rows) {
  return rows == 0 ? std::string() : "\033[" + std::to_string(rows) + "B";
}

} // namespace

std::string Painter::draw_whole(const std::vector<std::string>& lines) {
  std::string out(shown_ ? "" : hide_cursor);
  out.append(erase_below);
  // Line ends scroll the screen where there is no room below; from then on only relative moves are right.
  for (std::size_t i = 0; i < lines.size(); ++i) out.append(i == 0 ? "" : "\r\n").append(lines[i]);
  return out + up(lines.size() - 1);
}

std::string Painter::draw_changes(const std::vector<std::string>& lines) const {
  std::string out;
  std::size_t at = 0; // the cursor's line
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i < lines_.size() && lines_[i] == lines[i]) continue;
    // Lines beyond the block's end have to be made by line ends.
    const std::size_t reachable = std::min(i, std::max(lines_.size() - 1, at));
    out.append(down(reachable - at));
    for (at = reachable; at < i; ++at) out.append("\r\n");
    out.append("\r").append(lines[i]).append(erase_line_end);
  }
  if (lines.size() < lines_.size()) {
    out.append(down(lines.size() - at)).append(erase_below);
    at = lines.size();
  }
  return out.empty() ? out : out + up(at);
}

std::string Painter::paint(const std::vector<std::string>& lines) {
  if (lines.empty()) return erase();
  if (shown_ && known_ && lines == lines_) return {};
  std::string out = shown_ && known_ ? draw_changes(lines) : draw_whole(lines);
  lines_ = lines;
  shown_ = known_ = true;
  return out;
}

std::string Painter::lift() {
  known_ = false;
  return shown_ ? std::string(erase_below) : std::string();
}

std::string Painter::erase() {
  if (!shown_) return {};
  shown_ = known_ = false;
  lines_.clear();
  return std::string(erase_below).append(show_cursor);
}

} // namespace deployctl::ui::tty
