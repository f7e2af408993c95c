// A block of lines at the end of a terminal's text that is drawn over and over: what must be sent to get from
// the last picture to the next. Pure. Between pictures the cursor, hidden, stands at the block's beginning: a
// terminal keeps it there when it reflows its text for a new width, so the block is always found again.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl::ui::tty {

class Painter {
public:
  // Only the lines that changed; nothing when none did. No line may be wider than the terminal, nor may there
  // be more of them than it has rows. No lines: the same as erase().
  std::string paint(const std::vector<std::string>& lines);
  // The block goes for a moment, to come back below what is written next; the cursor stays hidden.
  std::string lift();
  // The block goes, the cursor stands where it began and is seen again. Nothing when there is no block.
  std::string erase();
  // The terminal has another size: the next picture is drawn whole.
  void forget_lines() { known_ = false; }
  [[nodiscard]] bool is_shown() const { return shown_; }

private:
  [[nodiscard]] std::string draw_whole(const std::vector<std::string>& lines);
  [[nodiscard]] std::string draw_changes(const std::vector<std::string>& lines) const;

  std::vector<std::string> lines_; // on the screen, if known_
  bool shown_ = false;
  bool known_ = false;
};

inline constexpr std::string_view show_cursor = "\033[?25h";

} // namespace deployctl::ui::tty
