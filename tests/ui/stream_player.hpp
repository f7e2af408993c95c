// Plays a recorded event stream (NDJSON) to renderers, with a clock that stands where the stream says: what a
// person saw, again, in no time.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include <deployctl/event.hpp>
#include <deployctl/ports/clock.hpp>

#include "ui/renderer.hpp"

namespace deployctl::ui {

class StreamClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return wall_; }
  // From an arbitrary beginning, as the real one counts from the machine's.
  [[nodiscard]] std::chrono::nanoseconds boot() const override {
    return std::chrono::hours(1) + (wall_ - began_);
  }
  void set(std::chrono::system_clock::time_point wall) {
    if (began_ == std::chrono::system_clock::time_point{}) began_ = wall;
    wall_ = wall;
  }

private:
  std::chrono::system_clock::time_point began_{};
  std::chrono::system_clock::time_point wall_{};
};

std::vector<Event> recorded_stream(const std::string& path);

// Shows each event at its time. Between two of them `beat` is called every 100 ms, as the live view's is.
void play(const std::vector<Event>& events, StreamClock& clock, Renderer& renderer,
          const std::function<void()>& beat = {});

} // namespace deployctl::ui
