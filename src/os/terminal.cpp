#include "os/terminal.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/variables.hpp"
#include "os/descriptor.hpp"
#include "os/files.hpp"
#include "os/wake.hpp"

namespace deployctl::os {
namespace {

constexpr int least_width = 20;

bool is_on(const Environment& environment, const char* name) {
  const std::string value = variable_or_empty(environment, name);
  return !value.empty() && value != "0" && value != "false";
}

bool is_ci(const Environment& environment) {
  // CI is what nearly all of them set; the others are those that do not, or did not always.
  constexpr std::array<const char*, 7> names = {"CI",       "GITHUB_ACTIONS", "GITLAB_CI",       "BUILDKITE",
                                                "TF_BUILD", "JENKINS_URL",    "TEAMCITY_VERSION"};
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return is_on(environment, name); });
}

bool is_smart(const Environment& environment) {
  const std::string term = variable_or_empty(environment, "TERM");
  return !term.empty() && term != "dumb";
}

bool may_colour(bool is_terminal, const Environment& environment, ColourChoice choice) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  if (!variable_or_empty(environment, "NO_COLOR").empty()) return false;
  for (const char* name : {"FORCE_COLOR", "CLICOLOR_FORCE"})
    if (const std::string value = variable_or_empty(environment, name); !value.empty() && value != "0")
      return true;
  if (variable_or_empty(environment, "CLICOLOR") == "0") return false;
  return is_terminal && is_smart(environment);
}

int width_of(std::optional<int> columns, const Environment& environment) {
  const std::string text = variable_or_empty(environment, "COLUMNS");
  int wanted = 0;
  std::from_chars(text.data(), text.data() + text.size(), wanted);
  if (wanted > 0) columns = wanted;
  return std::max(least_width, columns.value_or(TerminalSize::default_columns));
}

std::optional<int> columns_of(int descriptor) {
  winsize size{};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

} // namespace

TerminalSize terminal_size(int descriptor) {
  winsize size{};
  TerminalSize known;
  if (::ioctl(descriptor, TIOCGWINSZ, &size) != 0) return known;
  if (size.ws_col > 0) known.columns = size.ws_col;
  if (size.ws_row > 0) known.rows = size.ws_row;
  return known;
}

bool is_in_foreground(int descriptor) {
  const pid_t group = ::tcgetpgrp(descriptor);
  return group < 0 || group == ::getpgrp(); // none: a terminal that is not the one of our session
}

StreamFacts probe_streams() {
  return {.in_is_terminal = ::isatty(STDIN_FILENO) == 1,
          .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
          .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
          .out_columns = columns_of(STDOUT_FILENO),
          .err_columns = columns_of(STDERR_FILENO)};
}

Terminal judge_terminal(const StreamFacts& streams, const Environment& environment, ColourChoice choice) {
  const bool in_ci = is_ci(environment);
  const bool steady = in_ci || !is_smart(environment) || is_on(environment, "ACCESSIBLE");
  const auto ability = [&](bool is_terminal, std::optional<int> columns) {
    return StreamAbility{.may_animate = is_terminal && !steady,
                         .may_colour = may_colour(is_terminal, environment, choice),
                         .width = width_of(columns, environment)};
  };
  return {.may_ask = streams.in_is_terminal && streams.err_is_terminal && !in_ci,
          .in_ci = in_ci,
          .out = ability(streams.out_is_terminal, streams.out_columns),
          .err = ability(streams.err_is_terminal, streams.err_columns)};
}

Result<std::optional<std::string>> read_typed_line(const std::string& prompt, std::stop_token stop,
                                                   const std::string& device) {
  const Descriptor terminal(::open(device.c_str(), O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (!terminal.is_open() || ::isatty(terminal.get()) != 1)
    return fail(Cause::not_found, "there is no terminal to ask on");
  if (::write(terminal.get(), prompt.data(), prompt.size()) < 0)
    return fail(system_error("cannot ask on", device, errno));
  Wake wake;
  const std::stop_callback on_stop(stop, [&wake] { wake.notify(); });
  constexpr std::size_t longest_answer = 4096;
  std::string line;
  while (line.size() < longest_answer) {
    std::array<pollfd, 2> entries{pollfd{.fd = terminal.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = wake.descriptor(), .events = POLLIN, .revents = 0}};
    if (::poll(entries.data(), entries.size(), -1) < 0 && errno != EINTR)
      return fail(system_error("cannot read from", device, errno));
    if (stop.stop_requested()) return fail(Cause::cancelled, "stopped while waiting for an answer");
    if (entries[0].revents == 0) continue;
    char byte = '\0';
    const ssize_t got = ::read(terminal.get(), &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return std::nullopt; // end of input is no answer, whatever stands before it
    if (byte == '\n') return line;
    line += byte;
  }
  return fail(Cause::config, "the answer is longer than 4096 bytes");
}

} // namespace deployctl::os
