#include "ui/stream_player.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <stdexcept>

#include "base/json.hpp"
#include "base/time.hpp"

namespace deployctl::ui {
namespace {

std::string text_of(const Value& line, std::string_view name) {
  const Value* value = line.find(name);
  return value && value->text() ? *value->text() : std::string();
}

Event event_from(const Value& line) {
  constexpr std::array<std::string_view, 4> levels = {"debug", "info", "warning", "error"};
  const auto level = std::find(levels.begin(), levels.end(), text_of(line, "level")) - levels.begin();
  Event event{.type = text_of(line, "type"),
              .level = static_cast<Level>(level),
              .message = text_of(line, "message"),
              .step = text_of(line, "step"),
              .target = text_of(line, "target"),
              .time = text_of(line, "ts"),
              .run = text_of(line, "run")};
  if (const Value* fields = line.find("fields")) event.fields = *fields;
  if (const Value* sequence = line.find("seq"))
    if (const auto* number = sequence->get<std::int64_t>())
      event.sequence = static_cast<std::uint64_t>(*number);
  return event;
}

} // namespace

std::vector<Event> recorded_stream(const std::string& path) {
  std::ifstream file(path);
  if (!file) throw std::runtime_error("no recorded stream " + path);
  std::vector<Event> events;
  for (std::string line; std::getline(file, line);) {
    const Result<Value> value = parse_json(line, JsonMode::plain);
    if (!value) throw std::runtime_error(path + ": " + value.error().message);
    events.push_back(event_from(*value));
  }
  return events;
}

void play(const std::vector<Event>& events, StreamClock& clock, Renderer& renderer,
          const std::function<void()>& beat) {
  for (const Event& event : events) {
    const Result<WallTime> time = parse_time(event.time);
    if (!time) throw std::runtime_error(time.error().message);
    if (beat && event.sequence > 1)
      for (WallTime at = clock.wall() + std::chrono::milliseconds(100); at < *time;
           at += std::chrono::milliseconds(100)) {
        clock.set(at);
        beat();
      }
    clock.set(*time);
    renderer.show(event);
  }
}

} // namespace deployctl::ui
