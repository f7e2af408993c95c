// A parsed document and its diagnostics as text that a reviewer can check against the source.
#pragma once

#include <string>

#include "base/source.hpp"
#include "yaml/document.hpp"

namespace transcript {

using deployctl::Diagnostic;
using deployctl::LineTable;
using deployctl::Span;
using deployctl::yaml::Entry;
using deployctl::yaml::Node;
using deployctl::yaml::NodeKind;
using deployctl::yaml::ParseOutcome;
using deployctl::yaml::Style;

inline std::string visible(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else
      out += c;
  }
  return out;
}

class Writer {
public:
  explicit Writer(std::string_view text) : text_(text), lines_(text) {}

  std::string place(Span span) const {
    const auto [line, column] = lines_.position(span.begin);
    return std::to_string(line) + ":" + std::to_string(column) + " [" +
           visible(text_.substr(span.begin, span.end - span.begin)) + "]";
  }

  std::string tree(const Node& node, const std::string& indent) const {
    if (node.is_scalar())
      return (node.style == Style::block    ? "block "
              : node.style == Style::quoted ? "quoted "
                                            : "plain ") +
             ("'" + visible(node.text) + "' ") + place(node.span) + "\n";
    if (node.is_null())
      return std::string("null ") + (node.broken ? "broken " : "") +
             (node.comment_follows ? "comment " : "") + place(node.span) + "\n";
    std::string out = node.is_list() ? "list\n" : "map\n";
    for (const Node& item : node.items) out += indent + "- " + tree(item, indent + "  ");
    for (const Entry& entry : node.entries)
      out += indent + visible(entry.key) + (entry.merged ? " (merged)" : "") + ": " +
             tree(entry.value, indent + "  ");
    return out;
  }

  std::string diagnostic(const Diagnostic& d) const {
    std::string out = d.code + " " + place(d.span) + " " + d.message + "\n";
    if (!d.label.empty()) out += "    label: " + d.label + "\n";
    if (!d.help.empty()) out += "    help: " + d.help + "\n";
    for (const auto& note : d.notes)
      out += "    note: " + note.text + (note.span ? " " + place(*note.span) : "") + "\n";
    return out;
  }

private:
  std::string_view text_;
  LineTable lines_;
};

inline std::string of(const ParseOutcome& outcome, std::string_view text) {
  const Writer writer(text);
  std::string out;
  for (const Diagnostic& d : outcome.diagnostics) out += writer.diagnostic(d);
  if (!out.empty()) out += "\n";
  out += outcome.document ? writer.tree(outcome.document->root, "  ") : "no document\n";
  if (outcome.document)
    for (const auto& comment : outcome.document->comments)
      out += "comment on line " + std::to_string(comment.line) + (comment.own_line ? " (own)" : "") + ": " +
             comment.text + "\n";
  return out;
}

} // namespace transcript
