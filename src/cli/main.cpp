#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include <termios.h>
#include <unistd.h>

#include "base/system_clock.hpp"
#include "cli/exit_codes.hpp"
#include "cli/program.hpp"
#include "os/environment.hpp"
#include "os/hardening.hpp"
#include "providers/builtin.hpp"
#include "ui/writer.hpp"

namespace {

// A crash must not look like one of the promised endings. Only what is safe in a signal handler.
[[noreturn]] void end_as_bug() {
  // A live view may have hidden the cursor and stand where the next prompt would.
  constexpr char cursor[] = "\r\033[J\033[?25h";
  termios settings{};
  if (::tcgetattr(STDERR_FILENO, &settings) == 0) [[maybe_unused]]
    const auto restored = ::write(STDERR_FILENO, cursor, sizeof(cursor) - 1);
  constexpr char text[] = "deployctl crashed; 'deployctl status ENV' tells how the world is\n";
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text, sizeof(text) - 1);
  ::_exit(static_cast<int>(deployctl::cli::ExitCode::bug));
}

extern "C" void on_crash(int) {
  end_as_bug();
}

} // namespace

int main(int count, char** values) {
  std::set_terminate(end_as_bug);
  for (const int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) std::signal(number, on_crash);
  const std::vector<std::string> words(values + (count > 0 ? 1 : 0), values + count);
  deployctl::ui::DescriptorWriter out(STDOUT_FILENO);
  deployctl::ui::DescriptorWriter err(STDERR_FILENO);
  if (const auto hardened = deployctl::os::forbid_core_dumps(); !hardened)
    err.write("warning: " + hardened.error().message + "\n");
  deployctl::SystemClock clock;
  deployctl::SystemRandom random;
  const deployctl::cli::Machine machine{.clock = clock,
                                        .random = random,
                                        .user = {},
                                        .streams = deployctl::os::probe_streams(),
                                        .catalog = deployctl::providers::builtin_catalog,
                                        .outfit = {}};
  return deployctl::cli::run_program(words, deployctl::os::read_environment(), machine, out, err);
}
