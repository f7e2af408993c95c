#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "formats/sops_tree.hpp"
#include "yaml/document.hpp"

namespace deployctl::formats {
namespace {

using Kind = SopsNode::Kind;

struct Word {
  std::string_view text;
  Kind kind;
  std::string_view becomes;
};

// What the YAML reader of SOPS takes for something else than text, and what SOPS then authenticates.
constexpr std::array<Word, 20> words = {{
    {"true", Kind::boolean, "True"},
    {"True", Kind::boolean, "True"},
    {"TRUE", Kind::boolean, "True"},
    {"false", Kind::boolean, "False"},
    {"False", Kind::boolean, "False"},
    {"FALSE", Kind::boolean, "False"},
    {".nan", Kind::number, "NaN"},
    {".NaN", Kind::number, "NaN"},
    {".NAN", Kind::number, "NaN"},
    {".inf", Kind::number, "+Inf"},
    {".Inf", Kind::number, "+Inf"},
    {".INF", Kind::number, "+Inf"},
    {"+.inf", Kind::number, "+Inf"},
    {"+.Inf", Kind::number, "+Inf"},
    {"+.INF", Kind::number, "+Inf"},
    {"-.inf", Kind::number, "-Inf"},
    {"-.Inf", Kind::number, "-Inf"},
    {"-.INF", Kind::number, "-Inf"},
    {"~", Kind::null, ""},
    {"null", Kind::null, ""},
}};

struct Base {
  std::string_view prefix;
  int base;
};

constexpr std::array<Base, 7> bases = {
    {{"0x", 16}, {"0X", 16}, {"0o", 8}, {"0O", 8}, {"0b", 2}, {"0B", 2}, {"0", 8}}};

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// An integer of 64 bits in any of the bases of the Go language.
std::optional<std::string> integer(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  int base = 10;
  for (const Base& one : bases) {
    if (!text.starts_with(one.prefix) || text.size() == one.prefix.size()) continue;
    base = one.base;
    text.remove_prefix(one.prefix.size());
    break;
  }
  if (text.empty() || !is_letter_or_digit(text.front())) return std::nullopt;
  std::int64_t value = 0;
  const std::string signed_text = (negative ? "-" : "") + std::string(text);
  const auto [end, error] =
      std::from_chars(signed_text.data(), signed_text.data() + signed_text.size(), value, base);
  if (error != std::errc() || end != signed_text.data() + signed_text.size()) return std::nullopt;
  return std::to_string(value);
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool looks_like_float(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t exponent = text.find_first_of("eE");
  if (exponent != std::string_view::npos) {
    std::string_view digits = text.substr(exponent + 1);
    if (digits.starts_with('-') || digits.starts_with('+')) digits.remove_prefix(1);
    if (digits.empty() || !is_digits(digits)) return false;
    text = text.substr(0, exponent);
  }
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view places = point == std::string_view::npos ? "" : text.substr(point + 1);
  return is_digits(whole) && is_digits(places) && !(whole.empty() && places.empty());
}

std::optional<std::string> real(std::string_view text) {
  if (!looks_like_float(text)) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return sops_number(value);
}

// A day is a time for that reader: midnight.
bool is_day(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && is_digits(text.substr(0, 4)) &&
         is_digits(text.substr(5, 2)) && is_digits(text.substr(8));
}

SopsNode plain_scalar(const std::string& text) {
  const auto* const word =
      std::find_if(words.begin(), words.end(), [&](const Word& one) { return one.text == text; });
  if (word != words.end()) return {.kind = word->kind, .text = std::string(word->becomes)};
  if (is_day(text)) return {.kind = Kind::text, .text = text + "T00:00:00Z"};
  const bool hint =
      !text.empty() && std::string_view("+-.0123456789").find(text.front()) != std::string::npos;
  if (!hint) return {.kind = Kind::text, .text = text};
  const std::string digits = replace_all(text, "_", "");
  if (auto whole = integer(digits)) return {.kind = Kind::number, .text = *std::move(whole)};
  if (auto number = real(digits)) return {.kind = Kind::number, .text = *std::move(number)};
  return {.kind = Kind::text, .text = text};
}

Result<SopsNode> convert(const yaml::Node& node) {
  SopsNode out;
  switch (node.kind) {
  case yaml::NodeKind::null:
    return out;
  case yaml::NodeKind::scalar:
    if (node.style == yaml::Style::plain) return plain_scalar(node.text);
    return SopsNode{.kind = Kind::text, .text = node.text};
  case yaml::NodeKind::list:
    out.kind = Kind::list;
    for (const yaml::Node& item : node.items) {
      DEPLOYCTL_TRY(SopsNode value, convert(item));
      out.members.push_back({.key = std::to_string(out.members.size()), .value = std::move(value)});
    }
    return out;
  case yaml::NodeKind::map:
    out.kind = Kind::map;
    for (const yaml::Entry& entry : node.entries) {
      if (entry.merged)
        return fail(Cause::config, "merge keys ('<<') of encrypted files are not in this version");
      DEPLOYCTL_TRY(SopsNode value, convert(entry.value));
      out.members.push_back({.key = entry.key, .value = std::move(value)});
    }
    return out;
  }
  return out;
}

} // namespace

Result<SopsNode> read_sops_yaml(std::string_view text) {
  const yaml::ParseOutcome outcome = yaml::parse("", std::string(text));
  for (const Diagnostic& diagnostic : outcome.diagnostics) {
    if (diagnostic.severity != Severity::error) continue;
    // Its own message may quote the text.
    return fail(Cause::config,
                fmt::format("line {}: no YAML that can be read ({})",
                            LineTable(text).position(diagnostic.span.begin).line, diagnostic.code),
                fmt::format("deployctl explain {}", diagnostic.code));
  }
  if (!outcome.document) return fail(Cause::config, "no YAML that can be read");
  return convert(outcome.document->root);
}

} // namespace deployctl::formats
