#include "base/secret_forms.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/secret_escapes.hpp"
#include "base/strings.hpp"

namespace deployctl {
namespace {

// Longer texts are masked in pieces, which bounds what a stream holds back.
constexpr std::size_t longest_piece = 1024;

constexpr std::array<std::string_view, 30> common_words = {
    "true",       "false", "null",     "none",        "admin",   "root",    "user",     "username",
    "guest",      "test",  "testing",  "example",     "secret",  "token",   "password", "default",
    "localhost",  "http",  "https",    "development", "develop", "staging", "prod",     "master",
    "production", "main",  "postgres", "mysql",       "redis",   "changeme"};

void add_lines(std::set<std::string>& texts, std::string_view secret) {
  if (secret.find('\n') == std::string_view::npos) return;
  // The last line of a PEM body may be short; elsewhere short lines are ordinary words.
  const std::size_t shortest =
      secret.find("-----BEGIN") != std::string_view::npos ? shortest_maskable : shortest_anywhere;
  for (const std::string_view line : split(secret, '\n')) {
    const std::string_view text = trim(line);
    if (text.size() >= shortest && !text.starts_with("-----")) texts.emplace(text);
  }
}

void add_leaves(std::set<std::string>& texts, const Value& value) {
  if (value.text() && value.text()->size() >= shortest_anywhere) {
    texts.insert(*value.text());
    add_lines(texts, *value.text());
  }
  if (value.list())
    for (const Value& item : *value.list()) add_leaves(texts, item);
  if (value.map())
    for (const auto& [key, item] : *value.map()) add_leaves(texts, item);
}

// The secret and those of its parts that are secret on their own.
std::set<std::string> texts_of(std::string_view secret) {
  std::set<std::string> texts;
  const std::string_view trimmed = trim(secret);
  texts.emplace(secret);
  texts.emplace(trimmed);
  texts.insert(replace_all(trimmed, "\r", "")); // what a terminal or git makes of it
  add_lines(texts, secret);
  if (trimmed.starts_with('{') || trimmed.starts_with('[')) {
    const Result<Value> document = parse_json(trimmed, JsonMode::plain);
    if (document) add_leaves(texts, *document);
  }
  return texts;
}

void add_base64(std::set<std::string>& forms, std::string_view bytes) {
  for (std::size_t offset = 0; offset < 3; ++offset) {
    for (const bool url_safe : {false, true}) {
      const std::string inner = inner_base64(bytes, offset, url_safe);
      if (inner.size() < shortest_anywhere) continue; // would match in the middle of other base64
      forms.insert(inner);
      forms.insert(percent_encode(inner));
      forms.insert(replace_all(replace_all(percent_encode(inner), "%2B", "%2b"), "%2F", "%2f"));
      forms.insert(replace_all(inner, "/", "\\/"));
    }
  }
  forms.insert(to_base64(bytes)); // a short value that stands alone
  forms.insert(to_base64_url(bytes));
}

std::string to_upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char byte) {
    return byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : byte;
  });
  return text;
}

void add_encodings(std::set<std::string>& forms, std::string_view piece) {
  forms.emplace(piece);
  for (std::string& escaped : escapes_of(piece)) forms.insert(std::move(escaped));
  add_base64(forms, piece);
  forms.insert(to_hex(piece));
  forms.insert(to_upper(to_hex(piece)));
}

} // namespace

std::string inner_base64(std::string_view bytes, std::size_t offset, bool url_safe) {
  const std::string padded = std::string(offset, '\0') + std::string(bytes);
  const std::string text = url_safe ? to_base64_url(padded) : to_base64(padded);
  // A character holds 6 bits: the first that starts at or behind the first own bit, the last that ends in
  // time.
  const std::size_t first = (offset * 8 + 5) / 6;
  const std::size_t last = padded.size() * 8 / 6;
  return first < last ? text.substr(first, last - first) : std::string();
}

bool is_common_word(std::string_view secret) {
  const std::string word = to_lower(trim(secret));
  if (std::find(common_words.begin(), common_words.end(), word) != common_words.end()) return true;
  return word.size() <= 5 && word.find_first_not_of("0123456789") == std::string::npos;
}

std::vector<SecretForm> forms_of(std::string_view secret) {
  std::set<std::string> forms;
  for (const std::string& text : texts_of(secret)) {
    if (text.size() < shortest_maskable) continue;
    for (std::size_t at = 0; at < text.size(); at += longest_piece) {
      const std::string_view piece = std::string_view(text).substr(at, longest_piece);
      if (at == 0 || piece.size() >= shortest_anywhere) add_encodings(forms, piece);
    }
  }
  std::vector<SecretForm> found;
  for (const std::string& form : forms)
    if (form.size() >= shortest_maskable)
      found.push_back({.text = form, .on_boundaries = form.size() < shortest_anywhere});
  return found;
}

} // namespace deployctl
