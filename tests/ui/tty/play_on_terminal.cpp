// Plays a recorded stream as the live view on this process's terminal. With --ask the plan and the question
// come before it, and the last word behind it. Behind each event whose number is given it sets the terminal's
// title to that number and waits for a line of input.
// Usage: play_on_terminal [--ask] STREAM [NUMBER...]
#include <algorithm>
#include <iostream>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <termios.h>
#include <unistd.h>

#include "os/terminal.hpp"
#include "ui/ending.hpp"
#include "ui/event_fields.hpp"
#include "ui/plan_samples.hpp"
#include "ui/plan_view.hpp"
#include "ui/prompt.hpp"
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

ui::tty::Room room() {
  const os::TerminalSize size = os::terminal_size(STDERR_FILENO);
  return {.columns = size.columns, .rows = size.rows};
}

bool is_granted(ui::Writer& terminal) {
  const std::vector<samples::PlanSample> plans = samples::plans();
  const auto found = std::ranges::find(plans, std::string("rollout"), &samples::PlanSample::name);
  const ui::PlanSubject subject{
      .plan = found->plan, .live_version = found->live_version, .live_since = "2026-03-01T00:00:00.000Z"};
  const ui::Style style{.colour = true, .width = room().columns};
  terminal.write(ui::plan_text(subject, style));
  const ui::Conversation conversation{
      .writer = terminal,
      .read_line = []() -> std::optional<std::string> {
        Result<std::optional<std::string>> line = os::read_typed_line("");
        return line ? *std::move(line) : std::nullopt;
      },
      .details = [&] { return ui::plan_text(subject, style, ui::every_detail); },
      .width = style.width};
  const std::string sentence =
      "Apply this to kodex/production? " + ui::plan_totals(plan::count(found->plan.content));
  return ui::ask({.environment = "production", .is_protected = false, .sentence = sentence}, conversation) ==
         ui::Answer::granted;
}

std::string last_word(const Event& summary) {
  const Value& fields = summary.fields;
  ui::Ending ending{.outcome = ui::text_field(fields, "outcome"),
                    .exit_code = static_cast<int>(ui::count_field(fields, "exit_code")),
                    .subject = "kodex/production",
                    .next_command = ui::text_field(fields, "next_command"),
                    .log = ".deployctl/runs/" + summary.run + ".journal",
                    .elapsed = std::chrono::seconds(49)};
  if (const Value* world = fields.find("world"); world && world->list())
    for (const Value& line : *world->list())
      ending.world.push_back({.kind = ui::text_field(line, "state"),
                              .step = ui::text_field(line, "step"),
                              .target = ui::text_field(line, "target"),
                              .detail = ui::text_field(line, "detail")});
  if (const Value* message = fields.find_path("error.message"); message && message->text())
    ending.error = Error{.cause = Cause::probe_failing, .message = *message->text()};
  return ui::ending_text(ending, {.colour = true, .width = room().columns});
}

} // namespace

int main(int count, char** values) {
  std::vector<std::string> words(values + 1, values + count);
  const bool asks = !words.empty() && words.front() == "--ask";
  if (asks) words.erase(words.begin());
  if (words.empty()) return 2;
  const std::vector<Event> events = ui::recorded_stream(words.front());
  std::set<std::uint64_t> pauses;
  for (std::size_t i = 1; i < words.size(); ++i) pauses.insert(std::stoull(words[i]));

  ui::DescriptorWriter terminal(STDERR_FILENO);
  if (asks && !is_granted(terminal)) return 6;
  turn_echo_off();
  ui::tty::Screen screen(terminal);
  ui::StreamClock clock;
  ui::tty::TtyRenderer view(screen, clock, {.colour = true, .room = room});
  Pausing pausing(terminal, clock, view, std::move(pauses));
  ui::play(events, clock, pausing, [&] { view.tick(); });
  view.settle();
  terminal.write(last_word(events.back()));
  return 0;
}
