#include "ui/plain.hpp"

#include <algorithm>
#include <array>

namespace deployctl::ui {
namespace {

// What another view shows already: the plan, the question, the ending.
constexpr std::array<std::string_view, 5> shown_elsewhere = {"version", "plan_summary", "planned_change",
                                                             "summary", "approval_requested"};

bool is_shown_elsewhere(std::string_view type) {
  return std::find(shown_elsewhere.begin(), shown_elsewhere.end(), type) != shown_elsewhere.end();
}

double number(const Event& event, std::string_view name) {
  const Value* value = event.fields.find(name);
  if (!value) return 0;
  if (const auto* whole = value->get<std::int64_t>()) return static_cast<double>(*whole);
  const auto* real = value->get<double>();
  return real ? *real : 0;
}

Role role_of(Level level) {
  constexpr std::array<Role, 4> roles = {Role::faint, Role::none, Role::warning, Role::error};
  return roles.at(static_cast<std::size_t>(level));
}

std::string prefix(const Event& event) {
  return event.target.empty() ? event.step : event.step + "@" + event.target;
}

} // namespace

std::string event_line(const Event& event, const Style& style) {
  const bool is_output = event.type == "step_output";
  const std::string message = one_line(event.message);
  // A sentence that begins with its step needs no prefix.
  const bool names_its_step = !is_output && !event.step.empty() && message.starts_with(event.step);
  std::string out = names_its_step ? std::string() : one_line(prefix(event));
  if (!out.empty()) out = paint(style, Role::strong, out) + (is_output ? " | " : ": ");
  if (event.level == Level::warning) out.append("warning: ");
  if (event.level == Level::error) out.append("error: ");
  return out.append(is_output ? message : paint(style, role_of(event.level), message)).append("\n");
}

bool PlainRenderer::is_due(const Event& event) {
  constexpr double step_percent = 5;
  constexpr std::chrono::seconds step_time{5};
  const double total = number(event, "total");
  const double percent = total > 0 ? 100 * number(event, "done") / total : 0;
  const auto now = clock_.boot();
  const auto [entry, is_new] =
      progress_.try_emplace(prefix(event), Progress{.percent = percent, .shown = now});
  if (is_new) return true;
  // Late reports of parallel parts may go back; the line only grows.
  if (percent < entry->second.percent + step_percent && now - entry->second.shown < step_time) return false;
  entry->second = {.percent = std::max(percent, entry->second.percent), .shown = now};
  return true;
}

void PlainRenderer::show(const Event& event) {
  if (is_shown_elsewhere(event.type)) return;
  if (event.level == Level::debug && verbosity_ == Verbosity::normal) return;
  if (event.type == "stage_progress" && !is_due(event)) return;
  writer_.write(event_line(event, style_));
}

} // namespace deployctl::ui
