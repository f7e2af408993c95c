// What keeps the live view alive beside its renderer: the beat that draws it, and Ctrl-Z, which must leave
// the terminal in order. Create it before other threads.
#pragma once

#include "os/beat.hpp"
#include "os/suspension.hpp"
#include "ui/tty/screen.hpp"
#include "ui/tty/tty_renderer.hpp"

namespace deployctl::cli {

class LiveView {
public:
  LiveView(ui::tty::Screen& screen, ui::tty::TtyRenderer& renderer);

  void settle() { renderer_.settle(); }

private:
  ui::tty::TtyRenderer& renderer_;
  os::Suspension suspension_;
  os::Beat beat_;
};

// While it lives, nothing is drawn on the screen, if there is one.
class ScreenHold {
public:
  explicit ScreenHold(ui::tty::Screen* screen) : screen_(screen) {
    if (screen_) screen_->hold();
  }
  ~ScreenHold() {
    if (screen_) screen_->release();
  }
  ScreenHold(const ScreenHold&) = delete;
  ScreenHold& operator=(const ScreenHold&) = delete;

private:
  ui::tty::Screen* screen_;
};

} // namespace deployctl::cli
