#include "ui/diagnostic_text.hpp"

#include <algorithm>
#include <tuple>

#include "base/strings.hpp"
#include "ui/excerpt.hpp"

namespace deployctl::ui {
namespace {

auto order(const Diagnostic& d) {
  return std::tie(d.span.source, d.span.begin, d.span.end, d.severity, d.code, d.message);
}

// By position; what was said twice is said once.
std::vector<Diagnostic> in_order(std::vector<Diagnostic> diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  const auto end = std::unique(diagnostics.begin(), diagnostics.end(),
                               [](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); });
  diagnostics.erase(end, diagnostics.end());
  return diagnostics;
}

struct Tally {
  std::size_t errors = 0;
  std::size_t warnings = 0;

  [[nodiscard]] std::string text() const {
    if (warnings == 0) return counted(errors, "error");
    if (errors == 0) return counted(warnings, "warning");
    return counted(errors, "error") + ", " + counted(warnings, "warning");
  }
};

Tally tally(const std::vector<Diagnostic>& diagnostics, std::size_t from) {
  Tally out;
  for (std::size_t i = from; i < diagnostics.size(); ++i)
    ++(diagnostics[i].severity == Severity::error ? out.errors : out.warnings);
  return out;
}

class Page {
public:
  Page(const std::vector<Source>& sources, const Style& style) : sources_(sources), style_(style) {
    for (const Source& source : sources) tables_.emplace_back(source.text);
  }

  std::string text(const Diagnostic& d) const {
    const bool error = d.severity == Severity::error;
    const Role role = error ? Role::error : Role::warning;
    std::string out = paint(style_, role, std::string(error ? "error[" : "warning[") + d.code + "]") + ": " +
                      paint(style_, Role::strong, one_line(d.message)) + "\n";
    const LineTable* const lines = table(d.span);
    const std::size_t width = lines == nullptr ? 1 : gutter_width(*lines, d.span);
    if (lines != nullptr)
      out += arrow(d.span, width) +
             excerpt(*lines, {.span = d.span, .role = role, .label = d.label}, style_, true);
    const bool remarks = !d.help.empty() || !d.notes.empty();
    if (remarks) out += std::string(width + 1, ' ') + paint(style_, Role::faint, "|") + "\n";
    if (!d.help.empty()) out += remark("help", d.help, width);
    for (const Diagnostic::Note& note : d.notes) out += note_text(note, width);
    return out;
  }

private:
  [[nodiscard]] const LineTable* table(Span span) const {
    return span.source < tables_.size() ? &tables_[span.source] : nullptr;
  }

  [[nodiscard]] std::string place(Span span) const {
    const LineTable& lines = tables_[span.source];
    return sources_[span.source].name + ":" + std::to_string(lines.position(span.begin).line) + ":" +
           std::to_string(character_column(lines, span.begin));
  }

  [[nodiscard]] std::string arrow(Span span, std::size_t width) const {
    return std::string(width, ' ') + paint(style_, Role::faint, "-->") + " " + place(span) + "\n";
  }

  [[nodiscard]] std::string remark(std::string_view kind, std::string_view words, std::size_t width) const {
    return std::string(width + 1, ' ') + paint(style_, Role::faint, "=") + " " +
           paint(style_, Role::strong, kind) + ": " + one_line(words) + "\n";
  }

  [[nodiscard]] std::string note_text(const Diagnostic::Note& note, std::size_t width) const {
    const LineTable* const lines = note.span ? table(*note.span) : nullptr;
    if (lines == nullptr) return remark("note", note.text, width);
    const Mark mark{.span = *note.span, .sign = '-', .role = Role::faint, .label = {}};
    return remark("note", note.text, width) + arrow(*note.span, gutter_width(*lines, *note.span)) +
           excerpt(*lines, mark, style_, false);
  }

  const std::vector<Source>& sources_;
  const Style& style_;
  std::vector<LineTable> tables_;
};

void put_place(Value& out, const std::vector<Source>& sources, const std::vector<LineTable>& tables,
               Span span) {
  if (span.source >= tables.size()) return;
  const LineTable& lines = tables[span.source];
  const auto number = [](std::size_t n) { return Value(static_cast<std::int64_t>(n)); };
  out["file"] = sources[span.source].name;
  out["line"] = number(lines.position(span.begin).line);
  out["column"] = number(character_column(lines, span.begin));
  out["end_line"] = number(lines.position(span.end).line);
  out["end_column"] = number(character_column(lines, span.end));
  out["begin"] = number(span.begin);
  out["end"] = number(span.end);
}

} // namespace

std::string diagnostics_text(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics,
                             const Style& style) {
  const std::vector<Diagnostic> all = in_order(diagnostics);
  if (all.empty()) return {};
  const Page page(sources, style);
  const std::size_t shown = std::min(all.size(), most_diagnostics_in_text);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += page.text(all[i]) + "\n";
  if (shown < all.size())
    out += "and " + std::to_string(all.size() - shown) + " more: " + tally(all, shown).text() + "\n";
  return out + tally(all, 0).text() + "; `deployctl explain " + all.front().code + "` explains a code\n";
}

Value diagnostics_value(const std::vector<Source>& sources, const std::vector<Diagnostic>& diagnostics) {
  std::vector<LineTable> tables;
  tables.reserve(sources.size());
  for (const Source& source : sources) tables.emplace_back(source.text);
  Value::List out;
  for (const Diagnostic& d : in_order(diagnostics)) {
    Value item;
    item["severity"] = d.severity == Severity::error ? "error" : "warning";
    item["code"] = d.code;
    item["message"] = d.message;
    put_place(item, sources, tables, d.span);
    if (!d.label.empty()) item["label"] = d.label;
    if (!d.help.empty()) item["help"] = d.help;
    Value::List notes;
    for (const Diagnostic::Note& note : d.notes) {
      Value& written = notes.emplace_back();
      written["text"] = note.text;
      if (note.span) put_place(written, sources, tables, *note.span);
    }
    if (!notes.empty()) item["notes"] = std::move(notes);
    out.push_back(std::move(item));
  }
  return out;
}

} // namespace deployctl::ui
