#include "ui/tty/tty_renderer.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <vector>

#include "ui/plain.hpp"
#include "ui/tty/layout.hpp"

namespace deployctl::ui::tty {
namespace {

// What the picture says, or another view; a warning or an error scrolls whatever it is about.
constexpr std::array<std::string_view, 12> pictured = {
    "version",       "plan_started",  "plan_summary",   "planned_change", "approval_requested",
    "lock_acquired", "lock_released", "stage_progress", "stage_started",  "stage_finished",
    "waiting",       "heartbeat"};
constexpr std::array<std::string_view, 3> shown_elsewhere = {"summary", "step_started", "lock_waiting"};

bool is_one_of(std::span<const std::string_view> types, std::string_view type) {
  return std::ranges::find(types, type) != types.end();
}

} // namespace

bool TtyRenderer::scrolls(const Event& event) const {
  if (is_one_of(shown_elsewhere, event.type)) return false;
  if (event.level == Level::debug) return settings_.verbose;
  return event.level != Level::info || !is_one_of(pictured, event.type);
}

void TtyRenderer::show(const Event& event) {
  const std::lock_guard lock(mutex_);
  if (scrolls(event)) screen_.scroll(event_line(event, {.colour = settings_.colour, .width = room_.columns}));
  model_.apply(event, clock_.boot());
  if (event.type == "summary") screen_.close();
}

void TtyRenderer::settle() {
  const std::lock_guard lock(mutex_);
  model_ = {};
  screen_.close();
}

void TtyRenderer::tick() {
  const std::lock_guard lock(mutex_);
  const Instant now = clock_.boot();
  if (now - painted_ < frame_time) return;
  painted_ = now;
  const Room room = settings_.room();
  const bool resized = room != room_;
  room_ = room;
  // The last column stays free: a terminal that counts a letter's width differently must not wrap.
  const Style style{.colour = settings_.colour, .width = std::max(1, room.columns - 1)};
  std::vector<std::string> lines;
  if (room.rows > 0) lines = layout(model_, style, std::max(1, room.rows - 1), now);
  screen_.paint(lines, resized);
}

} // namespace deployctl::ui::tty
