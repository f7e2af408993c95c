#include <algorithm>

#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/utf8.hpp"
#include "config/doc_page.hpp"

namespace deployctl::config {
namespace {

constexpr std::size_t columns = 80;

// Words in lines of at most 80 columns, each behind `indent` blanks; `first` blanks stand before the first
// line.
std::string wrapped(std::string_view text, std::size_t first, std::size_t indent) {
  std::string out;
  std::size_t column = columns;
  for (const std::string_view word : split(text, ' ')) {
    const std::size_t width = display_width(word);
    const bool fits = column + 1 + width <= columns;
    if (!fits && !out.empty()) out += "\n";
    const std::size_t blanks = fits ? 1 : out.empty() ? first : indent;
    out += std::string(blanks, ' ');
    out += word;
    column = (fits ? column : 0) + blanks + width;
  }
  return out + "\n";
}

std::string code_block(const std::string& code) {
  std::string out;
  for (const std::string_view line : split(trim(code), '\n')) out += fmt::format("    {}\n", line);
  return out;
}

// Facts stand beside their names; fields, which have a note, below them.
std::string row_text(const DocRow& row, std::size_t name_width) {
  if (!row.note.empty())
    return wrapped(fmt::format("{}: {}", row.name, row.note), 2, 6) + wrapped(row.text, 6, 6);
  if (row.text.empty()) return fmt::format("  {}\n", row.name);
  const std::string name = row.name + std::string(name_width - std::min(name_width, row.name.size()), ' ');
  std::string text = wrapped(row.text, name_width + 4, name_width + 4);
  return fmt::format("  {}  {}", name, text.substr(std::min(name_width + 4, text.size())));
}

std::string cell(std::string_view text) {
  return replace_all(text, "|", "\\|");
}

std::string markdown_rows(const DocSection& section) {
  const bool notes = std::any_of(section.rows.begin(), section.rows.end(),
                                 [](const DocRow& row) { return !row.note.empty(); });
  std::string out = notes ? "| name | value | meaning |\n|---|---|---|\n" : "| | |\n|---|---|\n";
  for (const DocRow& row : section.rows)
    out += notes ? fmt::format("| `{}` | {} | {} |\n", row.name, cell(row.note), cell(row.text))
                 : fmt::format("| {} | {} |\n", cell(row.name), cell(row.text));
  return out;
}

} // namespace

std::string to_text(const DocPage& page) {
  std::string out = page.title + "\n\n" + wrapped(page.text, 0, 0);
  for (const DocSection& section : page.sections) {
    if (section.rows.empty() && section.code.empty()) continue;
    out += section.title.empty() ? "\n" : "\n" + section.title + "\n";
    if (!section.code.empty()) out += code_block(section.code);
    std::size_t width = 0;
    for (const DocRow& row : section.rows)
      width = std::max(width, std::min<std::size_t>(row.name.size(), 24));
    for (const DocRow& row : section.rows) out += row_text(row, width);
  }
  return out;
}

std::string to_markdown(const DocPage& page, int level) {
  const std::string marks(static_cast<std::size_t>(level), '#');
  std::string out = fmt::format("{} {}\n\n{}\n", marks, page.title, page.text);
  for (const DocSection& section : page.sections) {
    if (section.rows.empty() && section.code.empty()) continue;
    if (!section.title.empty()) out += fmt::format("\n**{}**\n", section.title);
    if (!section.code.empty()) out += fmt::format("\n```yaml\n{}\n```\n", trim(section.code));
    if (!section.rows.empty()) out += "\n" + markdown_rows(section);
  }
  return out;
}

} // namespace deployctl::config
