#include "policy/lint/assignments.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "base/strings.hpp"
#include "policy/lint/randomness.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t shortest_value = 10;
constexpr std::size_t longest_value = 150;
constexpr std::size_t npos = std::string_view::npos;

constexpr std::string_view secret_words =
    "(?i)passw(?:or)?d|passphrase|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|"
    "encryption[_-]?key|signing[_-]?key|credential|pwd";

// What a name ends with that speaks about a secret and is none.
constexpr std::array<std::string_view, 44> other_endings = {
    "file",   "path",   "name",    "url",       "uri",      "arn",     "ref",      "type",     "policy",
    "length", "ttl",    "expiry",  "expires",   "header",   "field",   "prefix",   "suffix",   "regex",
    "format", "enable", "enabled", "required",  "version",  "count",   "limit",    "provider", "store",
    "scheme", "issuer", "scope",   "algorithm", "audience", "label",   "endpoint", "dir",      "id",
    "hash",   "digest", "sum",     "lifetime",  "mode",     "manager", "secrets",  "from"};

constexpr std::array<std::string_view, 8> other_words = {"public", "tokeniz", "sha256", "checksum",
                                                         "keyref", "csrf",    "xsrf",   "integrity"};

bool is_name_byte(char c) {
  return is_letter_or_digit(c) || c == '_' || c == '-' || c == '.';
}

struct Stretch {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::string_view of(std::string_view text) const { return text.substr(begin, end - begin); }
};

Stretch name_around(std::string_view text, Pattern::Range word) {
  Stretch name{word.begin, word.end};
  while (name.begin > 0 && is_name_byte(text[name.begin - 1])) --name.begin;
  while (name.end < text.size() && is_name_byte(text[name.end])) ++name.end;
  return name;
}

std::size_t skip(std::string_view text, std::size_t at, std::string_view bytes) {
  while (at < text.size() && bytes.find(text[at]) != npos) ++at;
  return at;
}

// The value that begins at `at`: in quotes up to the same quote, else up to what ends a word. None when the
// line ends first.
std::optional<Stretch> value_at(std::string_view text, std::size_t at) {
  if (at >= text.size()) return std::nullopt;
  const char quote = text[at];
  if (quote == '"' || quote == '\'') {
    const std::size_t end = text.find_first_of(quote == '"' ? "\"\n" : "'\n", at + 1);
    if (end == npos || text[end] == '\n') return std::nullopt;
    return Stretch{at + 1, end};
  }
  const std::size_t end = std::min(text.find_first_of(" \t\r\n,;)}]\"'`\\", at), text.size());
  return Stretch{at, end};
}

// `name: value`, `name = "value"`, `"name": "value"`, `name := value`, `name => value`.
std::optional<Stretch> assigned(std::string_view text, std::size_t name_end) {
  std::size_t at = name_end;
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) ++at;
  at = skip(text, at, " \t");
  const std::size_t sign = at;
  at = skip(text, at, ":=");
  if (at == sign || at - sign > 2) return std::nullopt;
  if (at < text.size() && text[at] == '>') ++at;
  return value_at(text, skip(text, at, " \t"));
}

// - name: DB_PASSWORD
//   value: "..."
std::optional<Stretch> on_next_line(std::string_view text, Stretch name) {
  constexpr std::string_view key = "name:";
  constexpr std::string_view value_key = "value:";
  const std::size_t line = text.rfind('\n', name.begin) + 1; // npos + 1 is the begin
  std::string_view before = trim(text.substr(line, name.begin - line));
  while (!before.empty() && (before.back() == '"' || before.back() == '\'')) before.remove_suffix(1);
  before = trim(before);
  if (before.size() < key.size() || before.substr(before.size() - key.size()) != key) return std::nullopt;
  const std::size_t next = text.find('\n', name.end);
  if (next == npos) return std::nullopt;
  const std::size_t at = skip(text, next + 1, " \t");
  if (text.substr(at, value_key.size()) != value_key) return std::nullopt;
  return value_at(text, skip(text, at + value_key.size(), " \t"));
}

std::size_t classes_in(std::string_view value) {
  const auto has = [&](auto in_class) { return std::any_of(value.begin(), value.end(), in_class) ? 1U : 0U; };
  return has([](char c) { return c >= 'a' && c <= 'z'; }) + has([](char c) { return c >= 'A' && c <= 'Z'; }) +
         has([](char c) { return c >= '0' && c <= '9'; }) +
         has([](char c) { return !is_letter_or_digit(c); });
}

bool is_one_word(std::string_view value) {
  return std::none_of(value.begin(), value.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || static_cast<unsigned char>(c) >= 127;
  });
}

} // namespace

bool names_a_secret(std::string_view name) {
  const std::string lower = to_lower(name);
  if (std::any_of(other_words.begin(), other_words.end(),
                  [&](std::string_view word) { return lower.find(word) != npos; }))
    return false;
  return std::none_of(other_endings.begin(), other_endings.end(), [&](std::string_view ending) {
    return lower.size() >= ending.size() && lower.substr(lower.size() - ending.size()) == ending;
  });
}

bool looks_generated(std::string_view value) {
  if (value.size() < shortest_value || value.size() > longest_value || !is_one_word(value)) return false;
  if (value.find_first_of("()[]{}|") != npos && value.find('.') != npos) return false; // an expression
  if (is_reference(value) || is_placeholder(value) || is_default_password(value) || is_wordlike(value))
    return false;
  const bool is_hex = value.find_first_not_of("0123456789abcdefABCDEF") == npos;
  if (is_hex) return value.size() >= 24 && entropy_of(value) >= 3.0;
  const double floor = value.size() >= 20 ? 3.5 : classes_in(value) >= 3 ? 3.0 : 3.2;
  return entropy_of(value) >= floor;
}

Result<AssignmentScanner> AssignmentScanner::compile() {
  DEPLOYCTL_TRY(Pattern words, Pattern::compile(secret_words));
  return AssignmentScanner(std::move(words));
}

std::vector<FoundSecret> AssignmentScanner::scan(std::string_view text) const {
  std::vector<FoundSecret> found;
  for (auto word = words_.find(text); word; word = words_.find(text, word->end)) {
    const Stretch name = name_around(text, *word);
    word->end = std::max(word->end, name.end);
    if (!names_a_secret(name.of(text))) continue;
    std::optional<Stretch> value = assigned(text, name.end);
    if (!value) value = on_next_line(text, name);
    if (!value || !looks_generated(value->of(text))) continue;
    found.push_back({.rule = code::secret_assignment,
                     .kind = "secret-assignment",
                     .severity = Severity::warning,
                     .what = "a value that looks like a secret in '" + std::string(name.of(text)) + "'",
                     .begin = value->begin,
                     .end = value->end});
  }
  return without_overlaps(std::move(found));
}

} // namespace deployctl::policy::lint
