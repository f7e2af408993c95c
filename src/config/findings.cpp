#include "config/findings.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/strings.hpp"

namespace deployctl::config {

namespace {

constexpr std::size_t longest_list = 16; // of names worth reading in one line of help

} // namespace

void Findings::add(Diagnostic diagnostic) {
  auto identity = fmt::format("{}:{}:{}:{}:{}", diagnostic.code, diagnostic.span.source,
                              diagnostic.span.begin, diagnostic.span.end, diagnostic.message);
  if (!seen_.insert(std::move(identity)).second) return;
  if (diagnostic.severity == Severity::error) ++errors_;
  all_.push_back(std::move(diagnostic));
}

void Findings::error(std::string_view code, Span span, std::string message, std::string label,
                     std::string help) {
  add({.severity = Severity::error,
       .code = std::string(code),
       .message = std::move(message),
       .span = span,
       .label = std::move(label),
       .help = std::move(help)});
}

void Findings::warning(std::string_view code, Span span, std::string message, std::string help) {
  add({.severity = Severity::warning,
       .code = std::string(code),
       .message = std::move(message),
       .span = span,
       .help = std::move(help)});
}

std::vector<Diagnostic> Findings::by_position() && {
  std::stable_sort(all_.begin(), all_.end(), [](const Diagnostic& left, const Diagnostic& right) {
    return std::tie(left.span.source, left.span.begin, left.span.end, left.code) <
           std::tie(right.span.source, right.span.begin, right.span.end, right.code);
  });
  return std::move(all_);
}

std::string Where::text() const {
  if (noun.empty() && name.empty()) return "the pipeline";
  auto own = noun.empty() ? fmt::format("'{}'", name) : fmt::format("{} '{}'", noun, name);
  const bool inside = around && noun.empty() && !(around->noun.empty() && around->name.empty());
  return inside ? own + " in " + around->text() : own;
}

std::string quoted_list(const std::vector<std::string>& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

std::string similar_help(std::string_view word, const std::vector<std::string>& names, std::string_view one,
                         std::string_view many) {
  if (names.empty()) return {};
  const auto similar = similar_names(word, names);
  const bool vowel = !one.empty() && std::string_view("aeiou").find(one.front()) != std::string_view::npos;
  if (similar.size() == 1)
    return fmt::format("{} {} with a similar name exists: '{}'", vowel ? "an" : "a", one, similar.front());
  if (!similar.empty()) return fmt::format("{} with similar names exist: {}", many, quoted_list(similar));
  if (names.size() > longest_list) return {};
  return fmt::format("{}: {}", many, quoted_list(names));
}

} // namespace deployctl::config
