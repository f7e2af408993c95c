// The live view of a run for a person at a terminal: what changed scrolls by as lines, what is under way
// stands below them as one picture, at most ten times a second and only when it differs. Owns no thread:
// whoever has the beat calls tick().
#pragma once

#include <functional>
#include <mutex>

#include <deployctl/ports/clock.hpp>

#include "ui/renderer.hpp"
#include "ui/style.hpp"
#include "ui/tty/run_model.hpp"
#include "ui/tty/screen.hpp"

namespace deployctl::ui::tty {

struct Room {
  int columns = 80;
  int rows = 24; // 0: the terminal is somebody else's now (we run in the background); lines only
  friend bool operator==(const Room&, const Room&) = default;
};

inline constexpr std::chrono::milliseconds frame_time{100};

struct LiveSettings {
  bool colour = false;
  bool verbose = false;       // debug events too
  std::function<Room()> room; // asked before each picture: windows change their size
};

class TtyRenderer final : public Renderer {
public:
  TtyRenderer(Screen& screen, const Clock& clock, LiveSettings settings)
      : screen_(screen), clock_(clock), settings_(std::move(settings)) {}

  void show(const Event& event) override;
  void tick();
  // Nothing is under way any more: what is written next is the last word.
  void settle();

private:
  [[nodiscard]] bool scrolls(const Event& event) const;

  Screen& screen_;
  const Clock& clock_;
  const LiveSettings settings_;
  std::mutex mutex_; // guards everything below
  RunModel model_;
  Room room_;
  Instant painted_{-1'000'000'000};
};

} // namespace deployctl::ui::tty
