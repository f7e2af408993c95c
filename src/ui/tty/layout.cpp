#include "ui/tty/layout.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "base/utf8.hpp"
#include "ui/tty/facts.hpp"
#include "ui/tty/standing_words.hpp"
#include "ui/tty/step_lines.hpp"

namespace deployctl::ui::tty {
namespace {

// How much is left out to fit the height, from nothing on.
struct Thrift {
  bool finished_in_one = false;
  bool rest_in_one = false; // what has not begun, or never will
  bool settled_targets = true;
  std::size_t most_lines = static_cast<std::size_t>(-1); // of a step's targets
};

constexpr std::array<Thrift, 9> thrifts = {{
    {},
    {.finished_in_one = true},
    {.finished_in_one = true, .rest_in_one = true},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false, .most_lines = 8},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false, .most_lines = 5},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false, .most_lines = 3},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false, .most_lines = 2},
    {.finished_in_one = true, .rest_in_one = true, .settled_targets = false, .most_lines = 1},
}};

std::string age_text(Instant age) {
  return format_age(std::chrono::duration_cast<Milliseconds>(age));
}

bool is_quiet_end(const StepModel& step) {
  return is_over(step.standing) && step.standing != Standing::failed;
}

bool is_rest(const StepModel& step) {
  return step.standing == Standing::pending || step.standing == Standing::left_out;
}

std::string header(const RunModel& model, const Style& style, Instant now) {
  const auto over =
      std::ranges::count_if(model.steps, [](const StepModel& step) { return is_over(step.standing); });
  std::string what = model.operation.empty() ? "run" : model.operation;
  if (!model.stack.empty()) what += " " + model.stack;
  if (model.goes_back) what += ", going back";
  Facts facts = {{.text = what + ": " + std::to_string(over) + " of " + std::to_string(model.steps.size()) +
                          (model.steps.size() == 1 ? " step" : " steps")},
                 {.text = age_text(now - model.since), .rank = 1}};
  if (model.usual) facts.push_back({.text = "usually " + format_age(*model.usual), .rank = 2});
  return paint(style, Role::strong, fitting_facts(std::move(facts), style.width));
}

// Those that stand alike in one line, in the order of the first of them.
void append_collapsed(std::vector<std::string>& out, const std::vector<const StepModel*>& steps,
                      const Style& style) {
  std::vector<std::pair<Standing, std::vector<std::string>>> alike;
  for (const StepModel* step : steps) {
    auto found = std::ranges::find(alike, step->standing, &decltype(alike)::value_type::first);
    if (found == alike.end()) found = alike.insert(alike.end(), {step->standing, {}});
    found->second.push_back(step->id);
  }
  for (const auto& [standing, names] : alike) {
    const std::string count = std::to_string(names.size()) + (names.size() == 1 ? " step: " : " steps: ");
    const int room = text_room(0, style) - static_cast<int>(count.size());
    out.push_back(line_text({.standing = standing, .text = count + fitting_names(names, room)}, style));
  }
}

void append_wrapped(std::vector<std::string>& out, Role role, const std::string& text, const Style& style) {
  const std::string wrapped = wrap(style, one_line(text), 2);
  for (const std::string_view line : split(wrapped, '\n'))
    out.push_back(paint(style, role, elide(line, style.width)));
}

void append(std::vector<std::string>& out, const std::vector<Line>& lines, const Style& style) {
  for (const Line& line : lines) out.push_back(line_text(line, style));
}

std::vector<std::string> picture(const RunModel& model, const Style& style, const Thrift& thrift,
                                 Instant now) {
  std::vector<std::string> out = {header(model, style, now)};
  if (!model.interrupted.empty()) append_wrapped(out, Role::warning, model.interrupted, style);
  StepLook look{.model = model,
                .style = style,
                .settled_targets = thrift.settled_targets,
                .most_lines = thrift.most_lines};
  std::vector<const StepModel*> finished;
  std::vector<const StepModel*> alone;
  std::vector<const StepModel*> rest;
  for (const StepModel& step : model.steps) {
    look.id_width = std::min<std::size_t>(24, std::max(look.id_width, display_width(step.id)));
    if (thrift.finished_in_one && is_quiet_end(step))
      finished.push_back(&step);
    else if (thrift.rest_in_one && is_rest(step))
      rest.push_back(&step);
    else
      alone.push_back(&step);
  }
  append_collapsed(out, finished, style);
  for (const StepModel* step : alone) append(out, step_lines(*step, look, now), style);
  append_collapsed(out, rest, style);
  return out;
}

std::string awaited_line(const Activity& awaited, const Style& style, Instant now) {
  Facts facts = {{.text = awaited.what}, {.text = age_text(now - awaited.since), .rank = 1}};
  if (awaited.limit)
    facts.push_back({.text = "of at most " + format_age(*awaited.limit), .rank = 2, .joint = " "});
  return fitting_facts(std::move(facts), style.width);
}

void cut(std::vector<std::string>& lines, std::size_t rows, const Style& style) {
  if (lines.size() <= rows) return;
  const std::string more =
      std::string(12, ' ') + "and " + std::to_string(lines.size() - rows + 1) + " more lines";
  lines.resize(rows);
  if (rows > 1) lines.back() = paint(style, Role::faint, elide(more, style.width));
}

} // namespace

std::vector<std::string> layout(const RunModel& model, const Style& style, int rows, Instant now) {
  const auto room = static_cast<std::size_t>(std::max(rows, 1));
  if (!model.awaited.what.empty()) return {awaited_line(model.awaited, style, now)};
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
