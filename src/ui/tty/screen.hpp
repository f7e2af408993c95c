// The one owner of a terminal while a live view is on it: text that scrolls away above, the view's block
// below. Everything that is written to the terminal goes through here, from whichever thread. It writes
// nothing of its own as long as no block is shown.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "ui/tty/painter.hpp"
#include "ui/writer.hpp"

namespace deployctl::ui::tty {

class Screen {
public:
  explicit Screen(Writer& terminal) : terminal_(terminal) {}
  ~Screen() { close(); }
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Lines for above the block; shown with the next picture, or before anything else that is written.
  void scroll(std::string_view lines);
  void paint(const std::vector<std::string>& lines, bool resized);
  // At once, by another way to the same terminal; the block comes back with the next picture.
  void write(Writer& to, std::string_view text);
  // The terminal is somebody else's: a question is answered, the process sleeps. Each hold ends by a release.
  void hold();
  void release();
  void close(); // no block, and the cursor is seen

private:
  void clear(); // mutex_ is held

  Writer& terminal_;
  std::mutex mutex_; // guards everything below, and the order of what is written
  Painter painter_;
  std::string scrolled_;
  int holds_ = 0;
};

// What others write to the terminal while a view may be on it.
class BesideScreen final : public Writer {
public:
  BesideScreen(Writer& to, Screen& screen) : to_(to), screen_(screen) {}
  void write(std::string_view text) override { screen_.write(to_, text); }

private:
  Writer& to_;
  Screen& screen_;
};

} // namespace deployctl::ui::tty
