#include "ui/error_text.hpp"

namespace deployctl::ui {
namespace {

Value texts(const std::vector<std::string>& lines) {
  Value::List out;
  for (const std::string& line : lines) out.push_back(line);
  return out;
}

} // namespace

std::string error_text(const Error& error, const Style& style) {
  std::string out = paint(style, Role::error, "error:") + " " + one_line(error.message) + "\n";
  for (const std::string& frame : error.frames) out.append("  " + one_line(frame) + "\n");
  for (const std::string& line : error.evidence) out.append("  | " + one_line(line) + "\n");
  if (!error.help.empty()) out.append(wrap(style, "  help: " + one_line(error.help), 8) + "\n");
  return out;
}

Value error_value(const Error& error) {
  Value value = Value::Map{{"cause", to_text(error.cause)}, {"message", error.message}};
  if (!error.help.empty()) value["help"] = error.help;
  if (!error.frames.empty()) value["frames"] = texts(error.frames);
  if (!error.evidence.empty()) value["evidence"] = texts(error.evidence);
  return value;
}

} // namespace deployctl::ui
