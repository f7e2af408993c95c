#include "ui/github/annotations.hpp"

#include <algorithm>

#include "ui/event_fields.hpp"
#include "ui/github/workflow_command.hpp"

namespace deployctl::ui::github {
namespace {

std::string number(std::size_t value) {
  return value == 0 ? std::string() : std::to_string(value);
}

Annotation annotation_of(const Value& diagnostic) {
  Annotation out{.is_error = text_field(diagnostic, "severity") == "error",
                 .title = text_field(diagnostic, "code"),
                 .message = text_field(diagnostic, "message")};
  if (const std::string help = text_field(diagnostic, "help"); !help.empty())
    out.message += "\nhelp: " + help;
  out.place = {.file = text_field(diagnostic, "file"),
               .line = count_field(diagnostic, "line"),
               .column = count_field(diagnostic, "column"),
               .end_line = count_field(diagnostic, "end_line"),
               .end_column = count_field(diagnostic, "end_column")};
  return out;
}

} // namespace

std::string Annotations::add(const Annotation& annotation) {
  int& given = annotation.is_error ? errors_ : warnings_;
  if (given == most_of_a_kind) return {};
  ++given;
  const Place& place = annotation.place;
  // Columns of different lines make the runner drop both.
  const bool one_line = place.line == place.end_line;
  return command(annotation.is_error ? "error" : "warning", annotation.message,
                 {{"file", place.line == 0 ? std::string() : place.file},
                  {"line", number(place.line)},
                  {"endLine", number(place.end_line)},
                  {"col", one_line ? number(place.column) : std::string()},
                  {"endColumn", one_line ? number(place.end_column) : std::string()},
                  {"title", annotation.title}});
}

std::vector<Annotation> annotations_of(const Value& diagnostics) {
  std::vector<Annotation> out;
  if (!diagnostics.list()) return out;
  for (const Value& diagnostic : *diagnostics.list()) out.push_back(annotation_of(diagnostic));
  std::stable_partition(out.begin(), out.end(), [](const Annotation& each) { return each.is_error; });
  return out;
}

} // namespace deployctl::ui::github
