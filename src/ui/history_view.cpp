#include "ui/history_view.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "ui/table.hpp"

namespace deployctl::ui {

std::string history_text(const std::string& stack, const std::vector<ReleaseRow>& rows, const Style& style) {
  if (rows.empty()) return "No release of " + stack + " is recorded.\n";
  Table table({"NUMBER", "VERSION", "STATE", "CREATED", "BY", "COMMIT"});
  for (const ReleaseRow& row : rows) {
    table.add({std::to_string(row.number), row.version.empty() ? "-" : one_line(row.version),
               row.outcome + (row.live ? ", live" : ""), row.created_at, one_line(row.created_by),
               row.commit.empty() ? "-" : row.commit.substr(0, 10)});
    table.remark(one_line(row.note));
  }
  return table.text(style);
}

std::string choices_text(const std::string& stack, const std::vector<ChoiceRow>& rows, const Style& style) {
  Table table({"", "NUMBER", "VERSION", "AGE", "RESTORABLE", "BY", "COMMIT"});
  for (const ChoiceRow& row : rows)
    table.add({row.proposed ? ">" : "", std::to_string(row.number),
               row.version.empty() ? "-" : one_line(row.version), row.age, one_line(row.restorable),
               one_line(row.created_by), one_line(row.commit.substr(0, 10) + " " + row.title)});
  return paint(style, Role::strong, "Releases of " + stack) + "\n" + table.text(style);
}

std::string facts_text(const std::string& title, const Facts& facts, const Style& style) {
  std::size_t width = 0;
  for (const auto& [name, value] : facts)
    if (!value.empty()) width = std::max(width, display_width(name));
  std::string out = paint(style, Role::strong, title) + "\n";
  for (const auto& [name, value] : facts) {
    if (value.empty()) continue;
    out.append("  " + name).append(width - display_width(name) + 2, ' ');
    out.append(wrap(style, one_line(value), static_cast<int>(width) + 4) + "\n");
  }
  return out;
}

} // namespace deployctl::ui
