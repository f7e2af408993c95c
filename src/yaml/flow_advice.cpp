#include <algorithm>

#include <fmt/core.h>

#include "yaml/advice.hpp"
#include "yaml/codes.hpp"
#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

constexpr std::string_view brackets = "[]{}";
constexpr std::string_view never_first = "%@`|>"; // and, unless an alias, anchor or tag follows: * & !

bool ends_item(char c) {
  return c == ',' || c == ']' || c == '}' || c == '\n';
}

// A look from bracket to bracket. One object for one pass, because the steps share position and open
// brackets.
class FlowReader {
public:
  FlowReader(std::string_view text, std::size_t open)
      : text_(text), at_(open), floor_(column_of_line(open)) {}

  std::optional<Advice> read() {
    do {
      if (auto found = step()) return found;
    } while (!open_.empty() && at_ < text_.size());
    if (open_.empty()) return std::nullopt;
    return unclosed();
  }

private:
  [[nodiscard]] std::size_t column_of_line(std::size_t at) const {
    return indentation(text_, line_begin(text_, at));
  }

  std::optional<Advice> step() {
    const char c = text_[at_];
    if (c == '[' || c == '{')
      open_.push_back(at_++);
    else if (c == ']' || c == '}')
      return close();
    else if (c == ',' || c == ':' || c == ' ' || c == '\t' || c == '\r')
      ++at_;
    else if (c == '#')
      at_ = line_end(text_, at_);
    else if (c == '\n')
      return new_line();
    else if (c == '"' || c == '\'')
      return quoted();
    else
      return plain();
    return std::nullopt;
  }

  std::optional<Advice> close() {
    const char wanted = text_[open_.back()] == '[' ? ']' : '}';
    const char found = text_[at_];
    if (found == wanted) {
      open_.pop_back();
      ++at_;
      return std::nullopt;
    }
    return Advice{.code = code::bracket,
                  .where = {at_, at_ + 1},
                  .message = fmt::format("'{}' closes '{}'", found, text_[open_.back()]),
                  .label = fmt::format("'{}' is missing before this", wanted),
                  .help = fmt::format("close with '{}', or quote the text that holds brackets", wanted),
                  .note_at = Range{open_.back(), open_.back() + 1},
                  .note = "opened here",
                  .recover_at = open_.front()};
  }

  // A line no deeper than the one that holds the first bracket, and not a closing one, belongs to the map
  // outside.
  std::optional<Advice> new_line() {
    const std::size_t line = at_ + 1;
    at_ = line;
    if (line >= text_.size() || is_blank_line(text_, line)) return std::nullopt;
    const LineShape shape = line_shape(text_, line);
    const bool outside = indentation(text_, line) <= floor_ && shape.colon && text_[shape.content] != ']' &&
                         text_[shape.content] != '}';
    return outside ? std::optional(unclosed()) : std::nullopt;
  }

  [[nodiscard]] Advice unclosed() const {
    const std::size_t open = open_.back();
    return Advice{.code = code::bracket,
                  .where = {open, open + 1},
                  .message = fmt::format("'{}' is never closed", text_[open]),
                  .label = "opened here",
                  .help = fmt::format("add '{}' behind the last value", text_[open] == '[' ? ']' : '}'),
                  .recover_at = open_.front()};
  }

  std::optional<Advice> quoted() {
    const std::size_t begin = at_;
    const auto end = quoted_end(text_, begin);
    if (!end)
      return Advice{.code = code::unclosed_quote,
                    .where = {begin, line_end(text_, begin)},
                    .message = "a quoted text is never closed",
                    .label = fmt::format("{} is opened here", text_[begin]),
                    .help = "add the closing quote",
                    .recover_at = open_.front()};
    at_ = *end;
    if (at_ >= text_.size() || ends_item(text_[at_]) || text_[at_] == ':' || text_[at_] == ' ' ||
        text_[at_] == '\r')
      return std::nullopt;
    const std::size_t last = item_end(at_);
    return Advice{.code = code::needs_quotes,
                  .where = {begin, last},
                  .message = "text goes on behind the closing quote",
                  .label = "quote all of it",
                  .help = "put the whole text into one pair of quotes",
                  .recover_at = open_.front()};
  }

  // To the end of the item, `${...}` taken as one thing.
  [[nodiscard]] std::size_t item_end(std::size_t from) const {
    const std::size_t stop = line_end(text_, from);
    std::size_t at = from;
    while (at < stop && !ends_item(text_[at])) {
      const std::size_t close = text_.substr(at, 2) == "${" ? text_.find('}', at) : std::string_view::npos;
      at = close < stop ? close + 1 : at + 1;
    }
    while (at > from && text_[at - 1] == ' ') --at;
    return at;
  }

  std::optional<Advice> plain() {
    const std::size_t begin = at_;
    const std::size_t stop = line_end(text_, begin);
    const bool property = std::string_view("*&!").find(text_[begin]) != std::string_view::npos;
    if (property && word_end(text_, begin) > begin + 1) {
      at_ = word_end(text_, begin);
      return std::nullopt;
    }
    if (property || never_first.find(text_[begin]) != std::string_view::npos)
      return needs_quotes(begin, fmt::format("a text that begins with '{}' needs quotes", text_[begin]));
    for (; at_ < stop && text_[at_] != ',' && text_[at_] != ']' && text_[at_] != '}'; ++at_) {
      const char c = text_[at_];
      if (c == '#' && text_[at_ - 1] == ' ') return std::nullopt;
      if (c == ':' && (at_ + 1 == text_.size() || text_[at_ + 1] == ' ' || ends_item(text_[at_ + 1])))
        return std::nullopt;
      if (c != '?' && brackets.find(c) == std::string_view::npos) continue;
      const bool interpolation = c == '{' && text_[at_ - 1] == '$';
      return needs_quotes(begin, fmt::format("a text that holds '{}' needs quotes inside brackets",
                                             interpolation ? "${" : std::string(1, c)));
    }
    return std::nullopt;
  }

  [[nodiscard]] Advice needs_quotes(std::size_t begin, std::string message) const {
    const std::size_t end = std::max(item_end(begin), begin + 1);
    return Advice{.code = code::needs_quotes,
                  .where = {begin, end},
                  .message = std::move(message),
                  .label = "not quoted",
                  .help = write_quoted(text_.substr(begin, end - begin)),
                  .recover_at = open_.front()};
  }

  std::string_view text_;
  std::size_t at_;
  std::size_t floor_;
  std::vector<std::size_t> open_;
};

} // namespace

std::optional<Advice> advise_flow(std::string_view text, std::size_t open) {
  if (open >= text.size() || (text[open] != '[' && text[open] != '{')) return std::nullopt;
  return FlowReader(text, open).read();
}

} // namespace deployctl::yaml
