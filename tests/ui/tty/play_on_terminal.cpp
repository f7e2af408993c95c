// Plays a recorded stream as the live view on this process's terminal. Behind each event whose number is
// given it sets the terminal's title to that number and waits for a line of input. Usage: play_on_terminal
// STREAM [NUMBER...]
#include <iostream>
#include <set>
#include <string>

#include <termios.h>
#include <unistd.h>

#include "os/terminal.hpp"
#include "ui/stream_player.hpp"
#include "ui/tty/tty_renderer.hpp"
#include "ui/writer.hpp"

namespace {

using namespace deployctl;

class Pausing final : public ui::Renderer {
public:
  Pausing(ui::Writer& terminal, ui::StreamClock& clock, ui::tty::TtyRenderer& view,
          std::set<std::uint64_t> at)
      : terminal_(terminal), clock_(clock), view_(view), at_(std::move(at)) {}

  void show(const Event& event) override {
    view_.show(event);
    if (!at_.contains(event.sequence)) return;
    draw();
    mark(std::to_string(event.sequence));
    draw();
    mark(std::to_string(event.sequence) + " again"); // in another size, perhaps
  }

private:
  void draw() {
    clock_.set(clock_.wall() + ui::tty::frame_time);
    view_.tick();
  }
  void mark(const std::string& title) {
    terminal_.write("\033]0;" + title + "\007");
    std::string line;
    std::getline(std::cin, line);
  }

  ui::Writer& terminal_;
  ui::StreamClock& clock_;
  ui::tty::TtyRenderer& view_;
  std::set<std::uint64_t> at_;
};

void turn_echo_off() {
  termios settings{};
  if (::tcgetattr(STDIN_FILENO, &settings) != 0) return;
  settings.c_lflag &= static_cast<tcflag_t>(~static_cast<unsigned>(ECHO));
  ::tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

} // namespace

int main(int count, char** words) {
  if (count < 2) return 2;
  std::set<std::uint64_t> pauses;
  for (int i = 2; i < count; ++i) pauses.insert(std::stoull(words[i]));
  turn_echo_off();
  ui::DescriptorWriter terminal(STDERR_FILENO);
  ui::tty::Screen screen(terminal);
  ui::StreamClock clock;
  ui::tty::TtyRenderer view(screen, clock, {.colour = true, .room = [] {
                                              const os::TerminalSize size = os::terminal_size(STDERR_FILENO);
                                              return ui::tty::Room{.columns = size.columns,
                                                                   .rows = size.rows};
                                            }});
  Pausing pausing(terminal, clock, view, std::move(pauses));
  ui::play(ui::recorded_stream(words[1]), clock, pausing, [&] { view.tick(); });
  view.settle();
  return 0;
}
