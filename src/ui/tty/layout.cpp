#include "ui/tty/layout.hpp"

#include <algorithm>
#include <array>

#include "base/time.hpp"
#include "base/utf8.hpp"
#include "ui/tty/standing_words.hpp"
#include "ui/tty/step_lines.hpp"

namespace deployctl::ui::tty {
namespace {

// How much is left out to fit the height, from nothing on.
struct Thrift {
  bool finished_in_one = false;
  bool pending_in_one = false;
  TargetLines targets = TargetLines::all;
};

constexpr std::array<Thrift, 5> thrifts = {{
    {},
    {.finished_in_one = true},
    {.finished_in_one = true, .pending_in_one = true},
    {.finished_in_one = true, .pending_in_one = true, .targets = TargetLines::unsettled},
    {.finished_in_one = true, .pending_in_one = true, .targets = TargetLines::first},
}};

std::string age_text(Instant age) {
  return format_age(std::chrono::duration_cast<Milliseconds>(age));
}

bool is_quiet_end(const StepModel& step) {
  return is_over(step.standing) && step.standing != Standing::failed;
}

std::string header(const RunModel& model, const Style& style, Instant now) {
  const auto over =
      std::ranges::count_if(model.steps, [](const StepModel& step) { return is_over(step.standing); });
  std::string out = model.operation.empty() ? "run" : model.operation;
  if (!model.stack.empty()) out += " " + model.stack;
  if (model.goes_back) out += ", going back";
  out += ": " + std::to_string(over) + " of " + std::to_string(model.steps.size()) +
         (model.steps.size() == 1 ? " step, " : " steps, ") + age_text(now - model.since);
  if (model.usual) out += ", usually " + format_age(*model.usual);
  return paint(style, Role::strong, elide(one_line(out), style.width));
}

std::string collapsed(const std::vector<const StepModel*>& steps, const Style& style) {
  std::vector<std::string> names;
  for (const StepModel* step : steps) names.push_back(step->id);
  const bool same = std::ranges::all_of(
      steps, [&](const StepModel* step) { return step->standing == steps.front()->standing; });
  const std::string count = std::to_string(steps.size()) + (steps.size() == 1 ? " step: " : " steps: ");
  const int room = text_room(0, style) - static_cast<int>(count.size());
  return line_text({.standing = same ? steps.front()->standing : Standing::changed,
                    .text = count + fitting_names(names, room)},
                   style);
}

void append(std::vector<std::string>& out, const std::vector<Line>& lines, const Style& style) {
  for (const Line& line : lines) out.push_back(line_text(line, style));
}

std::vector<std::string> picture(const RunModel& model, const Style& style, const Thrift& thrift,
                                 Instant now) {
  std::vector<std::string> out = {header(model, style, now)};
  if (!model.interrupted.empty())
    out.push_back(paint(style, Role::warning, elide(one_line(model.interrupted), style.width)));
  std::vector<const StepModel*> finished;
  std::vector<const StepModel*> pending;
  StepLook look{.model = model, .style = style, .targets = thrift.targets};
  for (const StepModel& step : model.steps) {
    look.id_width = std::min<std::size_t>(24, std::max(look.id_width, display_width(step.id)));
    if (thrift.finished_in_one && is_quiet_end(step)) finished.push_back(&step);
    if (thrift.pending_in_one && step.standing == Standing::pending) pending.push_back(&step);
  }
  if (!finished.empty()) out.push_back(collapsed(finished, style));
  for (const StepModel& step : model.steps) {
    const bool in_one = (thrift.finished_in_one && is_quiet_end(step)) ||
                        (thrift.pending_in_one && step.standing == Standing::pending);
    if (!in_one) append(out, step_lines(step, look, now), style);
  }
  if (!pending.empty()) out.push_back(collapsed(pending, style));
  return out;
}

void cut(std::vector<std::string>& lines, std::size_t rows, const Style& style) {
  if (lines.size() <= rows) return;
  const std::string more = "and " + std::to_string(lines.size() - rows + 1) + " more lines";
  lines.resize(rows);
  if (rows > 1) lines.back() = std::string(12, ' ') + paint(style, Role::faint, more);
}

} // namespace

std::vector<std::string> layout(const RunModel& model, const Style& style, int rows, Instant now) {
  const auto room = static_cast<std::size_t>(std::max(rows, 1));
  if (!model.awaited.what.empty())
    return {elide(one_line(model.awaited.what + ", " + age_text(now - model.awaited.since)), style.width)};
  if (!model.is_running) return {};
  std::vector<std::string> lines;
  for (const Thrift& thrift : thrifts) {
    lines = picture(model, style, thrift, now);
    if (lines.size() <= room) return lines;
  }
  cut(lines, room, style);
  return lines;
}

} // namespace deployctl::ui::tty
