#include "policy/lint/randomness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

constexpr std::size_t longest_run = 6; // of one character, in what is random

// The last one begins the key that every emulator of Azure's storage has.
constexpr std::array<std::string_view, 28> placeholder_words = {
    "example",     "changeme", "change_me", "change-me", "changeit",   "xxxx",       "dummy",
    "placeholder", "your_",    "your-",     "yourpass",  "yoursecret", "yourtoken",  "redacted",
    "sample",      "replace",  "insert",    "notreal",   "not-a-real", "not_a_real", "fake",
    "todo",        "fixme",    "<",         "12345678",  "abcdefgh",   "....",       "eby8vdm02xnocqflquwj"};

constexpr std::array<std::string_view, 14> reference_beginnings = {
    "$", "{{", "%", "<", "@", "!", "env:", "file:", "vault:", "ref+", "op://", "secret:", "arn:", "ENC["};

constexpr std::array<std::string_view, 30> default_passwords = {
    "admin",    "admin123", "administrator", "password", "password1", "password123", "passw0rd",   "p@ssw0rd",
    "changeme", "changeit", "change_me",     "secret",   "root",      "toor",        "test",       "guest",
    "default",  "postgres", "mysql",         "redis",    "mongo",     "minio",       "minioadmin", "rabbitmq",
    "letmein",  "qwerty",   "123456",        "12345678", "user",      "pass"};

bool has_long_run(std::string_view text) {
  std::size_t run = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    run = text[i] == text[i - 1] ? run + 1 : 0;
    if (run + 1 >= longest_run) return true;
  }
  return false;
}

enum class Kind { lower, upper, digit, other };

Kind kind_of(char c) {
  if (c >= 'a' && c <= 'z') return Kind::lower;
  if (c >= 'A' && c <= 'Z') return Kind::upper;
  return c >= '0' && c <= '9' ? Kind::digit : Kind::other;
}

// "mySecretName2" is four runs: letters of one word each, or digits.
struct Runs {
  std::size_t letters = 0;
  std::size_t words = 0;
  std::size_t longest_word = 0;
  std::size_t numbers = 0;
  std::size_t longest_number = 0;
};

// A capital begins a word, but "SHEpj" is none.
bool continues_run(Kind before, Kind now, std::size_t length) {
  return before == now || (before == Kind::upper && now == Kind::lower && length == 1);
}

Runs runs_of(std::string_view text) {
  Runs runs;
  Kind before = Kind::other;
  std::size_t length = 0;
  for (const char c : text) {
    const Kind now = kind_of(c);
    length = continues_run(before, now, length) ? length + 1 : 1;
    const bool begins = length == 1;
    before = now;
    if (now == Kind::other) continue;
    const bool digit = now == Kind::digit;
    (digit ? runs.numbers : runs.words) += begins ? 1 : 0;
    std::size_t& longest = digit ? runs.longest_number : runs.longest_word;
    longest = std::max(longest, length);
    runs.letters += digit ? 0 : 1;
  }
  return runs;
}

} // namespace

double entropy_of(std::string_view text) {
  if (text.empty()) return 0;
  std::array<std::size_t, 256> counts{};
  for (const char c : text) ++counts.at(static_cast<unsigned char>(c));
  const auto size = static_cast<double>(text.size());
  double bits = 0;
  for (const std::size_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / size;
    bits -= share * std::log2(share);
  }
  return bits;
}

bool is_placeholder(std::string_view text) {
  if (has_long_run(text)) return true;
  const std::string lower = to_lower(text);
  return std::any_of(placeholder_words.begin(), placeholder_words.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

bool is_reference(std::string_view text) {
  if (std::any_of(reference_beginnings.begin(), reference_beginnings.end(),
                  [&](std::string_view head) { return text.substr(0, head.size()) == head; }))
    return true;
  return text.find("${") != std::string_view::npos || text.find("{{") != std::string_view::npos ||
         text.find("$(") != std::string_view::npos || text.find("://") != std::string_view::npos;
}

bool is_wordlike(std::string_view text) {
  const Runs runs = runs_of(text);
  if (runs.words == 0) return runs.longest_number < 10;
  return runs.longest_word <= 14 && runs.longest_number <= 4 && runs.numbers <= runs.words &&
         runs.letters >= 3 * runs.words;
}

bool is_default_password(std::string_view text) {
  const std::string lower = to_lower(text);
  return std::find(default_passwords.begin(), default_passwords.end(), lower) != default_passwords.end();
}

} // namespace deployctl::policy::lint
