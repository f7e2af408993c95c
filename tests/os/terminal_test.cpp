#include "os/terminal.hpp"

#include <array>
#include <future>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "os/descriptor.hpp"
#include "os/signals.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

const StreamFacts all_terminals{.in_is_terminal = true,
                                .out_is_terminal = true,
                                .err_is_terminal = true,
                                .out_columns = 120,
                                .err_columns = 100};

bool colours(Environment environment, bool terminal = true, ColourChoice choice = ColourChoice::automatic) {
  StreamFacts streams = all_terminals;
  streams.out_is_terminal = terminal;
  environment.emplace("TERM", "xterm-256color");
  return judge_terminal(streams, environment, choice).out.may_colour;
}

// A pseudo-terminal: `person` types and reads, the program opens `device`.
struct PseudoTerminal {
  PseudoTerminal() {
    REQUIRE(person.is_open());
    REQUIRE(::grantpt(person.get()) == 0);
    REQUIRE(::unlockpt(person.get()) == 0);
    std::array<char, 128> name{};
    REQUIRE(::ptsname_r(person.get(), name.data(), name.size()) == 0);
    device = name.data();
    kept_open = Descriptor(::open(device.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  }
  void type(std::string_view text) const {
    REQUIRE(::write(person.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  [[nodiscard]] std::string read(std::size_t count) const {
    std::string text(count, '\0');
    std::size_t at = 0;
    while (at < count) {
      const ssize_t got = ::read(person.get(), text.data() + at, count - at);
      if (got <= 0) break;
      at += static_cast<std::size_t>(got);
    }
    return text.substr(0, at);
  }

  Descriptor person{::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
  Descriptor kept_open;
  std::string device;
};

} // namespace

TEST_CASE("terminal: colour follows its rules in their order") {
  using Choice = ColourChoice;
  CHECK(colours({}));
  CHECK_FALSE(colours({}, false));
  CHECK_FALSE(colours({{"TERM", "dumb"}}));
  CHECK_FALSE(colours({{"TERM", ""}}));
  CHECK_FALSE(colours({{"NO_COLOR", "1"}}));
  CHECK(colours({{"NO_COLOR", ""}}));
  CHECK(colours({{"FORCE_COLOR", "1"}}, false));
  CHECK_FALSE(colours({{"FORCE_COLOR", "0"}}, false));
  CHECK(colours({{"CLICOLOR_FORCE", "1"}}, false));
  CHECK_FALSE(colours({{"CLICOLOR", "0"}}));
  CHECK(colours({{"CLICOLOR", "0"}, {"FORCE_COLOR", "1"}}));
  CHECK_FALSE(colours({{"NO_COLOR", "1"}, {"FORCE_COLOR", "1"}}));
  CHECK(colours({{"NO_COLOR", "1"}}, false, Choice::always));
  CHECK_FALSE(colours({{"FORCE_COLOR", "1"}}, true, Choice::never));
}

TEST_CASE("terminal: asking, animation and width are separate facts") {
  const Environment plain = {{"TERM", "xterm"}};
  Terminal terminal = judge_terminal(all_terminals, plain, ColourChoice::automatic);
  CHECK(terminal.may_ask);
  CHECK(terminal.err.may_animate);
  CHECK(terminal.out.width == 120);
  CHECK(terminal.err.width == 100);

  StreamFacts piped = all_terminals;
  piped.out_is_terminal = false;
  piped.out_columns.reset();
  terminal = judge_terminal(piped, plain, ColourChoice::automatic);
  CHECK(terminal.may_ask); // the question goes to standard error
  CHECK_FALSE(terminal.out.may_animate);
  CHECK(terminal.out.width == 80);

  StreamFacts no_input = all_terminals;
  no_input.in_is_terminal = false;
  CHECK_FALSE(judge_terminal(no_input, plain, ColourChoice::automatic).may_ask);
  CHECK(judge_terminal(all_terminals, {{"COLUMNS", "3"}}, ColourChoice::automatic).out.width == 20);
  CHECK(judge_terminal(all_terminals, {{"COLUMNS", "72"}}, ColourChoice::automatic).out.width == 72);
}

TEST_CASE("terminal: CI is never asked and never animated, ACCESSIBLE and dumb terminals only not animated") {
  for (const char* name : {"CI", "GITHUB_ACTIONS", "TF_BUILD"}) {
    const Terminal terminal =
        judge_terminal(all_terminals, {{"TERM", "xterm"}, {name, "true"}}, ColourChoice::automatic);
    CHECK(terminal.in_ci);
    CHECK_FALSE(terminal.may_ask);
    CHECK_FALSE(terminal.err.may_animate);
  }
  CHECK_FALSE(
      judge_terminal(all_terminals, {{"TERM", "xterm"}, {"CI", "false"}}, ColourChoice::automatic).in_ci);
  const Terminal accessible =
      judge_terminal(all_terminals, {{"TERM", "xterm"}, {"ACCESSIBLE", "1"}}, ColourChoice::automatic);
  CHECK(accessible.may_ask);
  CHECK_FALSE(accessible.out.may_animate);
  CHECK_FALSE(judge_terminal(all_terminals, {{"TERM", "dumb"}}, ColourChoice::automatic).out.may_animate);
}

TEST_CASE("typed line: is read from the terminal after the prompt") {
  const PseudoTerminal terminal;
  terminal.type("yes\nmore");
  CHECK(read_typed_line("Deploy? ", {}, terminal.device).value() == "yes");
  CHECK(terminal.read(17).find("Deploy? ") != std::string::npos); // the echo comes when it wants
}

TEST_CASE("typed line: end of input and a missing terminal are no answer") {
  const PseudoTerminal terminal;
  terminal.type("\x04");
  CHECK_FALSE(read_typed_line("? ", {}, terminal.device).value());
  CHECK(read_typed_line("? ", {}, "/dev/null").error().cause == Cause::not_found);
  CHECK(read_typed_line("? ", {}, "/does/not/exist").error().cause == Cause::not_found);
}

TEST_CASE("typed line: a stop ends the wait") {
  const PseudoTerminal terminal;
  std::stop_source stop;
  auto answer = std::async(std::launch::async,
                           [&] { return read_typed_line("? ", stop.get_token(), terminal.device); });
  CHECK(terminal.read(2) == "? "); // it is waiting now
  stop.request_stop();
  CHECK(answer.get().error().cause == Cause::cancelled);
}

TEST_CASE("signals: arrive one by one as calls, and what was before is restored") {
  sigset_t before;
  pthread_sigmask(SIG_SETMASK, nullptr, &before);
  {
    std::promise<int> first;
    std::promise<int> second;
    std::atomic<int> count = 0;
    const SignalWatch watch([&](int signal) { (count++ == 0 ? first : second).set_value(signal); });
    ::kill(::getpid(), SIGTERM);
    CHECK(first.get_future().get() == SIGTERM);
    ::kill(::getpid(), SIGINT);
    CHECK(second.get_future().get() == SIGINT);
    CHECK(::raise(SIGPIPE) == 0); // ignored
  }
  sigset_t after;
  pthread_sigmask(SIG_SETMASK, nullptr, &after);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    CHECK(sigismember(&before, signal) == sigismember(&after, signal));
}

TEST_CASE("signals: what was ignored before stays ignored") {
  struct sigaction ignore {};
  struct sigaction before {};
  ignore.sa_handler = SIG_IGN;
  REQUIRE(::sigaction(SIGHUP, &ignore, &before) == 0);
  {
    std::promise<int> first;
    const SignalWatch watch([&first](int signal) { first.set_value(signal); });
    ::kill(::getpid(), SIGHUP);
    ::kill(::getpid(), SIGINT);
    CHECK(first.get_future().get() == SIGINT);
  }
  ::sigaction(SIGHUP, &before, nullptr);
}
