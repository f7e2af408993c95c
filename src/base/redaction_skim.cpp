#include "base/redaction_skim.hpp"

#include <algorithm>
#include <array>

namespace deployctl {
namespace {

constexpr std::size_t width = RedactionPrefixes::width;
constexpr std::size_t npos = std::string_view::npos;
constexpr std::string_view blanks = " \t";

} // namespace

void RedactionSkim::Next::begin(std::string_view text) {
  at = std::min(text.find(byte), text.size());
}

std::size_t RedactionSkim::Next::from(std::string_view text, std::size_t place) {
  if (at < place) at = std::min(text.find(byte, place), text.size());
  return at;
}

void RedactionSkim::begin(std::string_view text) {
  text_ = text;
  for (Next* next : {&escape_, &carriage_return_, &line_end_}) next->begin(text);
}

std::size_t RedactionSkim::skip(const RedactionTable& table, std::size_t at) {
  const std::size_t stop = std::min(escape_.from(text_, at), carriage_return_.from(text_, at));
  std::size_t line_begin = between_lines_ ? at : npos;
  while (at < stop) {
    const std::size_t line_end = std::min(line_end_.from(text_, at), stop);
    for (; at + width <= line_end; ++at)
      if (table.may_begin(text_.data() + at) && table.begins_form(text_.substr(at, width)))
        return leave(at, line_begin);
    if (line_end == stop) break;
    const std::size_t visible = line_begin == npos ? at : text_.find_first_not_of(blanks, line_begin);
    at = cross_line_end(table, at, line_end, visible, stop);
    if (at <= line_end) return leave(at, line_begin);
    line_begin = at;
  }
  return leave(at, line_begin);
}

std::size_t RedactionSkim::leave(std::size_t at, std::size_t line_begin) {
  between_lines_ =
      line_begin != npos && text_.substr(line_begin, at - line_begin).find_first_not_of(blanks) == npos;
  return at;
}

// From the last bytes of a line up to behind its end: here the readings differ.
std::size_t RedactionSkim::cross_line_end(const RedactionTable& table, std::size_t at, std::size_t line_end,
                                          std::size_t visible, std::size_t stop) const {
  for (; at <= line_end; ++at) {
    if (at + width > stop || table.begins_form(text_.substr(at, width))) return at;
    if (at < line_end && at >= visible && begins_joined(table, at, stop)) return at;
  }
  return at;
}

// Read without the ends of lines and the blanks behind them. What does not end before `stop` may be anything.
bool RedactionSkim::begins_joined(const RedactionTable& table, std::size_t at, std::size_t stop) const {
  std::array<char, width> joined{};
  for (char& byte : joined) {
    if (at < stop && text_[at] == '\n') at = std::min(text_.find_first_not_of("\n \t", at), stop);
    if (at >= stop) return true;
    byte = text_[at++];
  }
  return table.begins_form({joined.data(), joined.size()});
}

} // namespace deployctl
