#include "cli/watching.hpp"

#include <csignal>
#include <optional>

#include "base/strings.hpp"
#include "base/time.hpp"
#include "cli/interrupts.hpp"
#include "os/pause.hpp"

namespace deployctl::cli {
namespace {

// From the first line on, each line cleared behind its end, and everything below: nothing flickers.
std::string drawn_over(const std::string& text) {
  return "\033[H" + replace_all(text, "\n", "\033[K\n") + "\033[J";
}

} // namespace

Result<ExitCode> watch(Invocation& invocation, Milliseconds every,
                       const std::function<Result<View>()>& look) {
  // Heard from the first look to the last; one that has its own watch may hear a signal first, and fails
  // then.
  Interruption interruption({}, [](const std::string&) {});
  const engine::Interrupts interrupts = interruption.interrupts();
  const auto began = invocation.clock.boot();
  const bool redraws = invocation.terminal.out.may_animate;
  std::optional<Value> last;
  if (redraws) invocation.console.answer("\033[2J", Value::Map{});
  while (true) {
    DEPLOYCTL_TRY(const View view, look());
    const std::string now = format_time(invocation.clock.wall());
    if (redraws)
      invocation.console.answer(drawn_over(view.text + "\nLooked at " + now + "; Ctrl-C ends it.\n"),
                                Value::Map{});
    else if (!last || !(*last == view.document))
      invocation.console.answer((last ? "\n" : "") + now + "\n" + view.text, Value::Map{});
    last = view.document;
    const auto limit = invocation.options.timeout;
    if (limit && invocation.clock.boot() - began + every > *limit) return ExitCode::done;
    if (os::pause(every, interrupts.wind_down)) continue;
    invocation.console.note("\n");
    return interrupts.signal() == SIGINT ? ExitCode::interrupted : ExitCode::terminated;
  }
}

} // namespace deployctl::cli
