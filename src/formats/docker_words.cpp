#include "formats/docker_words.hpp"

#include <algorithm>
#include <utility>

#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

constexpr std::size_t npos = std::string_view::npos;
constexpr std::size_t most_heredocs = 64; // of one instruction

bool is_name_byte(char c) {
  return is_letter_or_digit(c) || c == '_';
}

// One word that begins at `at`: up to a blank outside of quotes; `stops` end it too.
DockerWord word_at(std::string_view text, std::size_t at, std::string_view stops = {}) {
  DockerWord word{.text = {}, .begin = at, .end = at};
  char quote = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (quote == 0 && (is_blank(c) || stops.find(c) != npos)) break;
    if (quote == 0 && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = 0;
    } else if (c == '\\' && quote != '\'' && at + 1 < text.size()) {
      word.text += text[++at];
    } else {
      word.text += c;
    }
  }
  word.end = at;
  return word;
}

// Empty when this is no list of strings: `[ -f x ]` is a command of the shell.
std::vector<DockerWord> json_words(std::string_view text, std::size_t open) {
  std::vector<DockerWord> words;
  const auto skip = [&](std::size_t at) {
    return std::min(text.find_first_not_of(" \t\r", at), text.size());
  };
  for (std::size_t at = skip(open + 1); at < text.size() && text[at] == '"'; at = skip(at + 1)) {
    words.push_back(word_at(text, at, ",]"));
    at = skip(words.back().end);
    if (at < text.size() && text[at] == ']')
      return skip(at + 1) == text.size() ? words : std::vector<DockerWord>();
    if (at >= text.size() || text[at] != ',') return {};
  }
  return {};
}

// "NAME" of "$NAME" or "${NAME:-default}" at a '$'; moves `at` behind it.
struct Variable {
  std::string_view name;
  char operation = 0; // '-' or '+' behind the colon
  std::string_view word;
};

std::optional<Variable> variable_at(std::string_view text, std::size_t& at) {
  const bool braces = at + 1 < text.size() && text[at + 1] == '{';
  const std::size_t begin = at + (braces ? 2 : 1);
  std::size_t end = begin;
  while (end < text.size() && is_name_byte(text[end])) ++end;
  if (end == begin) return std::nullopt;
  Variable variable{.name = text.substr(begin, end - begin)};
  at = end;
  if (!braces) return variable;
  const std::size_t close = text.find('}', end);
  if (close == npos) return std::nullopt;
  std::string_view rest = text.substr(end, close - end);
  if (!rest.empty() && rest.front() == ':') rest.remove_prefix(1);
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) {
    variable.operation = rest.front();
    variable.word = rest.substr(1);
  }
  at = close + 1;
  return variable;
}

std::optional<std::string> value_of(const Variable& variable, const std::vector<DockerAssignment>& values) {
  const auto found = std::find_if(values.rbegin(), values.rend(),
                                  [&](const DockerAssignment& each) { return each.name == variable.name; });
  const bool is_set = found != values.rend() && found->value.has_value() && !found->value->empty();
  if (variable.operation == '+') return std::string(is_set ? variable.word : std::string_view());
  if (is_set) return *found->value;
  if (variable.operation == '-') return std::string(variable.word);
  return std::nullopt;
}

} // namespace

std::vector<HeredocMark> heredoc_marks(std::string_view arguments) {
  std::vector<HeredocMark> marks;
  char quote = 0;
  for (std::size_t at = 0; at < arguments.size() && marks.size() < most_heredocs; ++at) {
    const char c = arguments[at];
    if (quote != 0) {
      if (c == quote) quote = 0;
      continue;
    }
    if (c == '"' || c == '\'') quote = c;
    if (arguments.substr(at, 2) != "<<" || arguments.substr(at, 3) == "<<<") {
      if (arguments.substr(at, 3) == "<<<") at += 2;
      continue;
    }
    at += 2;
    const bool strips = at < arguments.size() && arguments[at] == '-';
    if (strips) ++at;
    const DockerWord word = word_at(arguments, at, "|&;<>()");
    const bool is_name = !word.text.empty() && std::all_of(word.text.begin(), word.text.end(), is_name_byte);
    if (is_name && (word.text[0] < '0' || word.text[0] > '9')) marks.push_back({word.text, strips});
    at = std::max(word.end, at + 1) - 1;
  }
  return marks;
}

std::optional<std::string> with_variables(std::string_view text,
                                          const std::vector<DockerAssignment>& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] != '$') {
      out += text[at++];
      continue;
    }
    const auto variable = variable_at(text, at);
    if (!variable) return std::nullopt;
    const auto value = value_of(*variable, values);
    if (!value) return std::nullopt;
    out += *value;
  }
  return out;
}

std::vector<DockerWord> DockerInstruction::words() const {
  std::vector<DockerWord> words;
  const std::string_view text = arguments;
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == npos) return words;
  if (text[first] == '[') words = json_words(text, first);
  const bool is_json = !words.empty();
  for (std::size_t at = first; !is_json;) {
    while (at < text.size() && is_blank(text[at])) ++at;
    if (at >= text.size()) break;
    words.push_back(word_at(text, at));
    at = std::max(words.back().end, at + 1);
  }
  for (DockerWord& word : words) {
    word.begin += arguments_at;
    word.end += arguments_at;
  }
  return words;
}

std::vector<DockerAssignment> assignments_of(const DockerInstruction& instruction) {
  std::vector<DockerAssignment> out;
  const std::vector<DockerWord> words = instruction.words();
  if (words.empty()) return out;
  if (instruction.keyword == "ENV" && words[0].text.find('=') == npos) {
    const std::size_t behind = words[0].end - instruction.arguments_at;
    out.push_back({.name = words[0].text,
                   .value = std::string(trim(std::string_view(instruction.arguments).substr(behind))),
                   .begin = words[0].begin,
                   .end = words.back().end});
    return out;
  }
  for (const DockerWord& word : words) {
    const std::size_t sign = word.text.find('=');
    out.push_back({.name = word.text.substr(0, sign),
                   .value = sign == npos ? std::nullopt : std::optional(word.text.substr(sign + 1)),
                   .begin = word.begin,
                   .end = word.end});
  }
  return out;
}

} // namespace deployctl::formats
