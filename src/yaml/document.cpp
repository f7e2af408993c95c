#include "yaml/document.hpp"

#include <algorithm>

namespace deployctl::yaml {
namespace {

std::size_t count_before(std::string_view text, std::string_view needle, std::size_t end) {
  std::size_t count = 0;
  for (std::size_t at = text.find(needle); at < end; at = text.find(needle, at + 1)) ++count;
  return count;
}

std::size_t find_nth(std::string_view text, std::string_view needle, std::size_t skipped) {
  std::size_t at = text.find(needle);
  for (; skipped > 0 && at != std::string_view::npos; --skipped) at = text.find(needle, at + 1);
  return at;
}

} // namespace

const Entry* Node::entry(std::string_view key) const {
  const auto found =
      std::find_if(entries.begin(), entries.end(), [key](const Entry& e) { return e.key == key; });
  return found == entries.end() ? nullptr : &*found;
}

const Node* Node::find(std::string_view key) const {
  const Entry* found = entry(key);
  return found == nullptr ? nullptr : &found->value;
}

Span Document::part_of(const Node& node, std::size_t begin, std::size_t end) const {
  if (node.span.source != root.span.source || begin >= end || end > node.text.size()) return node.span;
  const std::string_view written =
      std::string_view(source.text).substr(node.span.begin, node.span.end - node.span.begin);
  // Folding, indentation and escapes move bytes, but the n-th place of a part stays the n-th.
  const std::string_view part = std::string_view(node.text).substr(begin, end - begin);
  const std::size_t at = find_nth(written, part, count_before(node.text, part, begin));
  if (at == std::string_view::npos) return node.span;
  Span out = node.span;
  out.begin += static_cast<std::uint32_t>(at);
  out.end = out.begin + static_cast<std::uint32_t>(part.size());
  return out;
}

bool ParseOutcome::has_errors() const {
  return std::any_of(diagnostics.begin(), diagnostics.end(),
                     [](const Diagnostic& d) { return d.severity == Severity::error; });
}

} // namespace deployctl::yaml
