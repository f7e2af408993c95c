#include "ui/tty/standing_words.hpp"

#include <algorithm>
#include <array>

namespace deployctl::ui::tty {
namespace {

// In the order of enum Standing.
constexpr std::array<StandingWord, 11> words = {{
    {"to do", Role::faint},
    {"left out", Role::faint},
    {"running", Role::strong},
    {"waiting", Role::update},
    {"done", Role::create},
    {"unchanged", Role::faint},
    {"failed", Role::error},
    {"stopped", Role::warning},
    {"behind", Role::warning},
    {"reverting", Role::update},
    {"reverted", Role::warning},
}};
constexpr int column = 10; // of the word, the space before it included
constexpr int least_text = 8;

} // namespace

const StandingWord& word_of(Standing standing) {
  return words.at(static_cast<std::size_t>(standing));
}

int text_room(int indent, const Style& style) {
  return std::max(1, style.width - indent - column - 2);
}

std::string line_text(const Line& line, const Style& style) {
  const StandingWord& word = word_of(line.standing);
  // No room for columns.
  if (style.width < line.indent + column + 2 + least_text)
    return elide(std::string(word.word) + " " + one_line(line.text), style.width);
  const int used = static_cast<int>(word.word.size());
  std::string out(static_cast<std::size_t>(line.indent + column - used), ' ');
  out += paint(style, word.role, word.word) + "  ";
  return out + elide(one_line(line.text), text_room(line.indent, style));
}

} // namespace deployctl::ui::tty
