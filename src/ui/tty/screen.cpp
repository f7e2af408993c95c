#include "ui/tty/screen.hpp"

#include <utility>

namespace deployctl::ui::tty {

void Screen::clear() {
  const std::string text = painter_.erase() + std::exchange(scrolled_, {});
  if (!text.empty()) terminal_.write(text);
}

void Screen::scroll(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  scrolled_.append(lines);
}

void Screen::paint(const std::vector<std::string>& lines, bool resized) {
  const std::lock_guard lock(mutex_);
  if (holds_ > 0) return;
  if (resized) painter_.forget_lines();
  std::string text;
  if (!scrolled_.empty()) text = painter_.lift() + std::exchange(scrolled_, {});
  text += painter_.paint(lines);
  if (!text.empty()) terminal_.write(text);
}

void Screen::write(Writer& to, std::string_view text) {
  const std::lock_guard lock(mutex_);
  clear();
  to.write(text);
}

void Screen::hold() {
  const std::lock_guard lock(mutex_);
  ++holds_;
  clear();
}

void Screen::release() {
  const std::lock_guard lock(mutex_);
  --holds_;
}

void Screen::close() {
  const std::lock_guard lock(mutex_);
  clear();
}

} // namespace deployctl::ui::tty
