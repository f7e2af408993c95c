#include "ui/run_story.hpp"

#include <array>

#include "ui/error_text.hpp"

namespace deployctl::ui {
namespace {

constexpr std::array<Role, 4> roles = {Role::none, Role::create, Role::error, Role::warning};
constexpr std::array<std::string_view, 4> levels = {"info", "info", "error", "warning"};

bool is_about(const StoryLine& line, const std::string& step) {
  return step.empty() || line.step == step;
}

std::string place_of(const StoryLine& line) {
  if (line.step.empty()) return {};
  return line.step + (line.target.empty() ? "" : "@" + line.target) + ": ";
}

std::string time_text(const std::optional<WallTime>& time) {
  return time ? format_time(*time) : std::string();
}

} // namespace

std::string story_text(const RunStory& story, const std::string& step, const Style& style) {
  std::string out;
  for (const StoryLine& line : story.lines) {
    if (!is_about(line, step)) continue;
    const std::string time = line.at ? format_time(*line.at) + "  " : "";
    const Role role = roles.at(static_cast<std::size_t>(line.tone));
    out.append(paint(style, Role::faint, time))
        .append(paint(style, role, place_of(line) + one_line(line.text)))
        .append("\n");
    for (const std::string& evidence : line.evidence) out.append("    " + one_line(evidence) + "\n");
  }
  for (const std::string& missing : story.missing)
    out.append(paint(style, Role::warning, "warning: " + one_line(missing)) + "\n");
  return out;
}

Value story_document(const RunStory& story, const std::string& step) {
  Value::List lines;
  for (const StoryLine& line : story.lines) {
    if (!is_about(line, step)) continue;
    lines.push_back(Value::Map{{"at", time_text(line.at)},
                               {"level", levels.at(static_cast<std::size_t>(line.tone))},
                               {"step", line.step},
                               {"target", line.target},
                               {"text", line.text},
                               {"evidence", Value::List(line.evidence.begin(), line.evidence.end())}});
  }
  return Value::Map{{"run", story.run},
                    {"stack", story.ending.subject},
                    {"operation", story.operation},
                    {"outcome", story.ending.outcome},
                    {"lines", std::move(lines)},
                    {"missing", Value::List(story.missing.begin(), story.missing.end())}};
}

} // namespace deployctl::ui
