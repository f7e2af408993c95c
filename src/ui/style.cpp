#include "ui/style.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl::ui {
namespace {

constexpr std::array<std::string_view, 9> sequences = {"", "1", "2", "32", "33", "31", "36", "33", "1;31"};

// The longest prefix of whole characters that fits.
std::string_view fitting_prefix(std::string_view text, int cells) {
  std::size_t taken = 0;
  int used = 0;
  while (taken < text.size()) {
    const CodePoint point = decode_utf8(text.substr(taken));
    used += display_width(point.value);
    if (used > cells) break;
    taken += point.length;
  }
  return text.substr(0, taken);
}

std::string_view fitting_suffix(std::string_view text, int cells) {
  std::vector<std::pair<std::size_t, int>> starts; // offset and width of each character
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text.substr(at));
    starts.emplace_back(at, display_width(point.value));
    at += point.length;
  }
  std::size_t from = text.size();
  for (auto start = starts.rbegin(); start != starts.rend() && cells >= start->second; ++start) {
    cells -= start->second;
    from = start->first;
  }
  return text.substr(from);
}

// Cells of a word that may carry colour sequences of paint().
std::size_t painted_width(std::string_view word) {
  std::size_t cells = 0;
  while (!word.empty()) {
    const std::size_t escape = std::min(word.find('\033'), word.size());
    cells += display_width(word.substr(0, escape));
    word.remove_prefix(escape);
    if (!word.empty()) word.remove_prefix(std::min(word.find('m'), word.size() - 1) + 1);
  }
  return cells;
}

} // namespace

std::string paint(const Style& style, Role role, std::string_view text) {
  const std::string_view sequence = sequences.at(static_cast<std::size_t>(role));
  if (!style.colour || sequence.empty() || text.empty()) return std::string(text);
  return "\033[" + std::string(sequence) + "m" + std::string(text) + "\033[0m";
}

std::string elide(std::string_view text, int cells) {
  constexpr std::string_view mark = "...";
  if (display_width(text) <= static_cast<std::size_t>(cells)) return std::string(text);
  const int room = cells - static_cast<int>(mark.size());
  if (room <= 0) return std::string(fitting_prefix(text, cells));
  const int tail = room / 3;
  std::string out(fitting_prefix(text, room - tail));
  return out.append(mark).append(fitting_suffix(text, tail));
}

std::string one_line(std::string_view text) {
  std::string out = replace_invalid_utf8(text);
  std::replace_if(
      out.begin(), out.end(),
      [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; }, ' ');
  return out;
}

std::string wrap(const Style& style, std::string_view text, int indent) {
  const std::size_t lead = std::min(text.find_first_not_of(' '), text.size());
  std::string out(lead, ' ');
  std::size_t column = lead;
  bool is_first = true;
  for (const std::string_view word : split(text.substr(lead), ' ')) {
    const std::size_t cells = painted_width(word);
    if (is_first) {
      is_first = false;
    } else if (column + 1 + cells > static_cast<std::size_t>(style.width)) {
      out.append("\n").append(static_cast<std::size_t>(indent), ' ');
      column = static_cast<std::size_t>(indent);
    } else {
      out.push_back(' ');
      ++column;
    }
    out.append(word);
    column += cells;
  }
  return out;
}

} // namespace deployctl::ui
