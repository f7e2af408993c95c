#include "yaml/advice.hpp"

#include <algorithm>
#include <array>

#include <fmt/core.h>

#include "yaml/codes.hpp"
#include "yaml/scan.hpp"

namespace deployctl::yaml {
namespace {

std::string_view rest_of_line(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(at, line_end(text, at) - at);
  if (const std::size_t comment = rest.find(" #"); comment != std::string_view::npos)
    rest = rest.substr(0, comment);
  while (!rest.empty() && (rest.back() == ' ' || rest.back() == '\t')) rest.remove_suffix(1);
  return rest;
}

// The value of the line's key, or its content when it has none.
std::size_t value_begin(std::string_view text, std::size_t at) {
  const LineShape shape = line_shape(text, line_begin(text, at));
  const std::size_t begin = shape.colon.value_or(shape.content);
  return std::min(text.find_first_not_of(" \t", begin), line_end(text, at));
}

Range range_of_rest(std::string_view text, std::size_t at) {
  return {at, at + std::max<std::size_t>(rest_of_line(text, at).size(), 1)};
}

Advice quotes_for_value(const Failure& failure, std::string message) {
  const std::size_t begin = std::min(value_begin(failure.text, failure.error.at), failure.error.at);
  return {.code = code::needs_quotes,
          .where = range_of_rest(failure.text, begin),
          .message = std::move(message),
          .label = "not quoted",
          .help = write_quoted(rest_of_line(failure.text, begin)),
          .recover_at = failure.error.at};
}

Advice plain_syntax(const Failure& failure, std::string message, std::string help) {
  return {.code = code::syntax,
          .where = range_of_rest(failure.text, failure.error.at),
          .message = std::move(message),
          .help = std::move(help),
          .recover_at = failure.error.at};
}

Advice first_character(const Failure& failure) {
  const std::size_t begin = value_begin(failure.text, failure.error.at);
  const char first = begin < failure.text.size() ? failure.text[begin] : ' ';
  return quotes_for_value(failure, fmt::format("a text that begins with '{}' needs quotes", first));
}

Advice unclosed_quote(const Failure& failure) {
  std::size_t at = failure.error.at;
  if (failure.text.substr(at, 1) != "\"" && failure.text.substr(at, 1) != "'")
    at = std::min(failure.text.find_first_of("\"'", failure.state.cursor), failure.error.at);
  return {.code = code::unclosed_quote,
          .where = range_of_rest(failure.text, at),
          .message = "a quoted text is never closed",
          .label = "opened here",
          .help = "add the closing quote",
          .recover_at = at};
}

// `a: "foo` and, a line later, `b: "bar"`: the second opening quote closes the first text.
std::optional<Advice> swallowed_lines(const Failure& failure) {
  if (!failure.state.quoted || failure.error.at < failure.state.quoted->end) return std::nullopt;
  const Range quoted = *failure.state.quoted;
  if (line_begin(failure.text, failure.error.at) != line_begin(failure.text, quoted.end)) return std::nullopt;
  if (line_begin(failure.text, quoted.begin) == line_begin(failure.text, quoted.end))
    return Advice{.code = code::needs_quotes,
                  .where = {quoted.begin, range_of_rest(failure.text, quoted.begin).end},
                  .message = "text goes on behind the closing quote",
                  .label = "quote all of it",
                  .help = "put the whole text into one pair of quotes",
                  .recover_at = quoted.begin};
  return Advice{.code = code::unclosed_quote,
                .where = range_of_rest(failure.text, quoted.begin),
                .message = "a quoted text is not closed on its line",
                .label = "opened here",
                .help = "add the closing quote",
                .note_at = Range{quoted.end - 1, quoted.end},
                .note = "so it ends here",
                .recover_at = quoted.begin};
}

Advice colon(const Failure& failure) {
  const std::size_t line = line_begin(failure.text, failure.error.at);
  const LineShape shape = line_shape(failure.text, line);
  if (shape.colon && *shape.colon <= failure.error.at)
    return quotes_for_value(failure, "a text that holds ': ' needs quotes");
  const std::size_t above = line == 0 ? line : line_begin(failure.text, line - 1);
  const LineShape before = line_shape(failure.text, above);
  if (above != line && !before.colon && !is_blank_line(failure.text, above))
    return {.code = code::syntax,
            .where = range_of_rest(failure.text, before.content),
            .message = "this line has no 'key: value'",
            .help = "write a space behind the colon: `key: value`",
            .recover_at = before.content};
  Advice advice =
      plain_syntax(failure, "this key is indented deeper than the one above, which has a value already",
                   "give it the indentation of its siblings");
  advice.where = range_of_rest(failure.text, shape.content);
  advice.recover_at = shape.content;
  return advice;
}

Advice entry(const Failure& failure) {
  const LineShape shape = line_shape(failure.text, line_begin(failure.text, failure.error.at));
  if (shape.colon && rest_of_line(failure.text, failure.error.at) == "-")
    return quotes_for_value(failure, "a '-' alone needs quotes");
  return plain_syntax(failure, "a list cannot begin on the line of its key",
                      "write each `- item` on a line of its own, or `[a, b]`");
}

Advice not_in_place(const Failure& failure) {
  if (auto swallowed = swallowed_lines(failure)) return *std::move(swallowed);
  const char first = failure.error.at < failure.text.size() ? failure.text[failure.error.at] : ' ';
  if (first == ',') return first_character(failure);
  if (first == '-')
    return plain_syntax(failure, "a list item stands among the keys of a map",
                        "indent it below the key whose list it belongs to");
  return plain_syntax(failure, "the indentation of this line fits no line above it",
                      "give it the indentation of its siblings");
}

Advice closing(const Failure& failure) {
  const std::string found(failure.text.substr(failure.error.at, 1));
  return {.code = code::bracket,
          .where = {failure.error.at, failure.error.at + 1},
          .message = fmt::format("'{}' closes nothing", found),
          .label = "no bracket is open here",
          .help = "delete it, or quote the text that begins with it",
          .recover_at = failure.error.at};
}

// Digits behind \x, \u and \U.
std::size_t digits_of_escape(char letter) {
  return letter == 'x' ? 2 : letter == 'u' ? 4 : letter == 'U' ? 8 : 0;
}

Advice escape(const Failure& failure) {
  const std::size_t slash = failure.text.rfind('\\', failure.error.at);
  const std::size_t begin = slash == std::string_view::npos ? failure.error.at : slash;
  const std::size_t digits = begin + 1 < failure.text.size() ? digits_of_escape(failure.text[begin + 1]) : 0;
  const std::size_t end = std::min(begin + 2 + digits, std::max(line_end(failure.text, begin), begin));
  const std::string_view written = failure.text.substr(begin, end - begin);
  return {.code = code::unknown_escape,
          .where = {begin, end},
          .message = digits == 0 ? fmt::format("'{}' is no escape inside double quotes", written)
                                 : fmt::format("'{}' names no character", written),
          .help = "use single quotes, where a backslash is a backslash, or write it twice",
          .recover_at = begin};
}

Advice unknown_alias(const Failure& failure) {
  const std::size_t end = word_end(failure.text, failure.error.at);
  const std::string_view name = failure.text.substr(failure.error.at, end - failure.error.at);
  return {.code = code::undefined_alias,
          .where = {failure.error.at, end},
          .message = fmt::format("there is no anchor for the alias '{}'", name),
          .help = fmt::format(
              "if it is meant as text, {}; an alias repeats a value that `&name` named above it",
              write_quoted(failure.state.flow ? name : rest_of_line(failure.text, failure.error.at))),
          .recover_at = failure.error.at};
}

Advice tabbed(const Failure& failure) {
  return {.code = code::tab_indentation,
          .where = range_of_rest(failure.text, line_begin(failure.text, failure.error.at)),
          .message = "a tab is used as indentation",
          .help = "indent with spaces",
          .recover_at = failure.error.at};
}

struct Rule {
  std::string_view says; // how the library's message begins
  Advice (*advise)(const Failure&);
};

// In the library's words (exceptions.h of yaml-cpp 0.7). A test provokes each.
constexpr std::array<Rule, 20> rules = {{
    {"illegal EOF in scalar", unclosed_quote},
    {"illegal document indicator in scalar", unclosed_quote},
    {"unknown token", first_character},
    {"unexpected character in block scalar", first_character},
    {"cannot set zero indentation", first_character},
    {"illegal map key", first_character},
    {"alias not found after", first_character},
    {"anchor not found after", first_character},
    {"illegal character found while scanning alias", first_character},
    {"illegal character found while scanning anchor", first_character},
    {"illegal map value", colon},
    {"illegal block entry", entry},
    {"end of map not found", not_in_place},
    {"end of sequence not found", not_in_place},
    {"illegal flow end", closing},
    {"unknown escape character", escape},
    {"bad character found while scanning hex", escape},
    {"invalid unicode", escape},
    {"the referenced anchor is not defined", unknown_alias},
    {"illegal tab when looking for indentation", tabbed},
}};

// The bracket that was open, also where the library failed before it said so.
std::optional<std::size_t> open_bracket(const Failure& failure) {
  if (failure.state.flow) return failure.state.flow;
  const std::size_t line = line_begin(failure.text, std::min(failure.state.cursor, failure.error.at));
  const std::size_t begin = std::min(value_begin(failure.text, line), failure.error.at);
  const bool open = begin < failure.text.size() && (failure.text[begin] == '[' || failure.text[begin] == '{');
  return open ? std::optional(begin) : std::nullopt;
}

} // namespace

std::string write_quoted(std::string_view text) {
  const bool single = text.find_first_of("\"\\") != std::string_view::npos;
  if (!single) return fmt::format("write \"{}\"", text);
  std::string doubled;
  for (const char c : text) doubled.append(c == '\'' ? 2 : 1, c);
  return fmt::format("write '{}'", doubled);
}

Advice advise(const Failure& failure) {
  if (const auto open = open_bracket(failure); open && failure.error.message.rfind("the referenced", 0) != 0)
    if (auto found = advise_flow(failure.text, *open)) return *std::move(found);
  if (failure.error.message.empty()) return unclosed_quote(failure);
  for (const Rule& rule : rules)
    if (failure.error.message.rfind(rule.says, 0) == 0) return rule.advise(failure);
  return plain_syntax(failure, "this cannot be read as YAML: " + failure.error.message,
                      "quote the text, or compare the indentation with the lines above");
}

} // namespace deployctl::yaml
