#include "base/source.hpp"

#include <algorithm>

namespace deployctl {

LineTable::LineTable(std::string_view text) : text_(text), starts_{0} {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1))
    starts_.push_back(at + 1);
}

Position LineTable::position(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto behind = std::upper_bound(starts_.begin(), starts_.end(), offset);
  const auto line = static_cast<std::size_t>(behind - starts_.begin());
  return {.line = line, .column = offset - starts_[line - 1] + 1};
}

std::size_t LineTable::line_begin(std::size_t line) const {
  return line == 0 || line > starts_.size() ? text_.size() : starts_[line - 1];
}

std::string_view LineTable::line(std::size_t line) const {
  if (line == 0 || line > starts_.size()) return {};
  const std::size_t begin = starts_[line - 1];
  std::size_t end = line < starts_.size() ? starts_[line] - 1 : text_.size();
  if (end > begin && text_[end - 1] == '\r') --end;
  return text_.substr(begin, end - begin);
}

} // namespace deployctl
