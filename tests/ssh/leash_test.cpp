#include "ssh/leash.hpp"

#include <csignal>
#include <filesystem>
#include <random>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "os/scratch.hpp"
#include "ssh/process_shell.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::HostShells;
using deployctl::tests::ProcessShell;

namespace {

struct Command {
  std::string script;
  std::vector<std::string> arguments;
  std::map<std::string, Text> environment;
  Text input;
  Milliseconds timeout{60'000};
  Milliseconds grace{5'000};
  LineSink* output = nullptr;
  ByteSource source;
};

struct Fixture {
  Scratch scratch;
  SystemClock clock;
  SystemRandom random;

  [[nodiscard]] std::vector<HostShells> shells() const {
    const auto found = tests::all_shells(scratch.path());
    REQUIRE(found.size() >= 3);
    return found;
  }
  Result<HostResult> run(RemoteShell& shell, const Command& command, std::stop_token stop = {}) {
    const LeashRequest request{.what = "'observe' on 'web-1'",
                               .script = {.script = command.script,
                                          .arguments = command.arguments,
                                          .environment = command.environment,
                                          .feed = command.source ? Feed::stream : Feed::data},
                               .input = command.input,
                               .source = command.source,
                               .timeout = command.timeout,
                               .grace = command.grace,
                               .output = command.output};
    return run_leashed(shell, clock, random, request, std::move(stop));
  }
  // Nothing of a command's own folder is left.
  [[nodiscard]] bool is_tidy() const {
    for (const auto& entry : std::filesystem::directory_iterator(scratch.path()))
      if (entry.path().filename().string().starts_with(".deployctl-")) return false;
    return true;
  }
};

// Whether a process that is no child of ours is gone, or dies at once.
bool is_gone(int pid) {
  const os::Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  pollfd ended{.fd = process.get(), .events = POLLIN, .revents = 0};
  return !process.is_open() || ::poll(&ended, 1, 10'000) == 1;
}

// Stops the command as soon as it said something; remembers what.
class StopAtFirstLine final : public LineSink {
public:
  void line(Stream, std::string_view text) override {
    said = text;
    stop.request_stop();
  }
  std::string said;
  std::stop_source stop;
};

std::vector<int> numbers(const std::string& line) {
  std::vector<int> found;
  for (const std::string_view word : split(line, ' ')) found.push_back(std::stoi(std::string(word)));
  return found;
}

} // namespace

TEST_CASE_METHOD(Fixture, "leash: arguments, variables and input arrive literally, byte by byte") {
  std::string bytes;
  for (int byte = 1; byte < 256; ++byte) bytes += static_cast<char>(byte);
  std::mt19937 dice(20'26); // NOLINT: the same cases every time
  const auto nasty = [&] {
    static constexpr std::array<std::string_view, 16> parts = {
        "'",        "\"", "\\", "$(id)", "`id`", "\n",      "!!", "*",
        "\xff\xfe", "%s", "-n", "\r",    "a b",  "${HOME}", "\t", ";"};
    std::string text;
    for (int i = 0; i < 12; ++i) text += parts.at(dice() % parts.size());
    return text;
  };
  for (const HostShells& shells : shells()) {
    ProcessShell shell(shells, scratch.path());
    for (const std::string& one : {bytes, nasty(), nasty(), nasty()}) {
      const std::string input =
          one + std::string("\0 and zero bytes \0", 18) + std::string(100'000, 'x') + one;
      INFO(shells.name << ": " << one);
      const auto result = run(shell, {.script = R"(printf '%s|' "$#" "$@" "$VALUE"; cat; exit 7)",
                                      .arguments = {one, "", "-n", one + "\n"},
                                      .environment = {{"VALUE", one}},
                                      .input = input});
      REQUIRE(result);
      CHECK(result->exit_code == 7);
      CHECK(result->out == "4|" + one + "||-n|" + one + "\n|" + one + "|" + input);
      CHECK(result->err.empty());
    }
    CHECK(is_tidy());
  }
}

TEST_CASE_METHOD(Fixture, "leash: a command sees nothing of what leads it") {
  for (const HostShells& shells : shells()) {
    INFO(shells.name);
    ProcessShell shell(shells, scratch.path());
    const std::string script = R"(pwd; echo "$0"; cat; umask; ls /proc/self/fd | wc -l | tr -d ' '
set | grep -cE '^([a-z]|fence|epoch|run)=' || :
for name in start stop admit; do command -v $name || :; done; trap; sleep 0 & wait)";
    const auto result = run(shell, {.script = script});
    REQUIRE(result);
    CHECK(result->out == scratch.path() + "\nsh\n0022\n4\n0\n");
    CHECK(result->err.empty());
  }
}

TEST_CASE_METHOD(Fixture, "leash: nothing secret stands on an argv or in a file of others") {
  ProcessShell shell({}, scratch.path());
  const std::string value = "hunter22-secret";
  const auto result =
      run(shell, {.script = R"(cat /proc/[0-9]*/cmdline | tr '\0' '\n' | grep -c "hunter2[2]-" || :
stat -c '%a' .deployctl-*; stat -c '%a' .deployctl-*/run .deployctl-*/input; tr '\0' '\n' </proc/$PPID/environ | grep -c ^TOKEN || :
printf %s "$TOKEN")",
                  .environment = {{"TOKEN", Secret::reference("t").resolved_with(value)}},
                  .input = Secret::reference("i").resolved_with(value)});
  REQUIRE(result);
  CHECK(result->out == "0\n700\n600\n600\n0\n" + value);
}

TEST_CASE_METHOD(Fixture,
                 "leash: exit codes pass through, 255 included; a killed script is never a success") {
  for (const HostShells& shells : shells()) {
    INFO(shells.name);
    ProcessShell shell(shells, scratch.path());
    for (const int code : {0, 1, 125, 127, 255}) {
      const auto ended = run(shell, {.script = "exit " + std::to_string(code)});
      REQUIRE(ended);
      CHECK(ended->exit_code == code);
    }
    const auto killed = run(shell, {.script = "echo said; kill -KILL $$"});
    REQUIRE(killed);
    CHECK(killed->exit_code == 128 + 9);
    CHECK(killed->out == "said\n");
    CHECK(killed->err.empty());
    const auto broken = run(shell, {.script = "echo one; if"});
    REQUIRE(broken);
    CHECK(broken->exit_code != 0);
  }
  CHECK(is_tidy());
}

TEST_CASE_METHOD(Fixture, "leash: a stop ends the whole group, also what ignores SIGTERM") {
  for (const HostShells& shells : shells()) {
    INFO(shells.name);
    ProcessShell shell(shells, scratch.path());
    StopAtFirstLine watch;
    const auto result = run(shell,
                            {.script = "sleep 1000 & one=$!; sh -c 'trap \"\" TERM; sleep 1000' & two=$!; "
                                       "echo $$ $one $two; wait; wait",
                             .grace = Milliseconds(1'000),
                             .output = &watch},
                            watch.stop.get_token());
    REQUIRE(result);
    CHECK(result->cancelled);
    CHECK(result->exit_code != 0);
    for (const int pid : numbers(watch.said)) CHECK(is_gone(pid));
  }
  CHECK(is_tidy());
}

TEST_CASE_METHOD(Fixture, "leash: a script may clean up at a timeout") {
  ProcessShell shell({}, scratch.path());
  const auto result = run(
      shell, {.script = "trap 'echo cleaned; exit 3' TERM; sleep 1000 & wait", .timeout = Milliseconds(300)});
  REQUIRE(result);
  CHECK(result->timed_out);
  CHECK(result->exit_code == 3);
  CHECK(result->out == "cleaned\n");
}

TEST_CASE_METHOD(Fixture, "leash: what a finished command leaves in the background goes on") {
  ProcessShell shell({}, scratch.path());
  const auto result = run(shell, {.script = "sleep 1000 >/dev/null 2>&1 & echo $!"});
  REQUIRE(result);
  const int pid = std::stoi(result->out);
  CHECK(::kill(pid, SIGKILL) == 0);
}

TEST_CASE_METHOD(Fixture, "leash: when the leading shell is killed over there, the script ends too") {
  ProcessShell shell({}, scratch.path());
  class KillLead final : public LineSink {
  public:
    explicit KillLead(ProcessShell& host) : host_(host) {}
    void line(Stream, std::string_view text) override {
      said = text;
      ::kill(host_.last, SIGKILL);
    }
    std::string said;

  private:
    ProcessShell& host_;
  } watch(shell);
  const auto result =
      run(shell, {.script = "sleep 1000 & echo $$ $!; wait", .grace = Milliseconds(1'000), .output = &watch});
  REQUIRE_FALSE(result);
  CHECK(result.error().cause == Cause::command_failed);
  CHECK(result.error().message == "the host killed 'observe' on 'web-1'");
  for (const int pid : numbers(watch.said)) CHECK(is_gone(pid));
}

TEST_CASE_METHOD(Fixture, "leash: a text that was cut runs nothing") {
  const std::string nonce = "0123456789abcdef";
  const std::string mark = scratch.path("ran");
  const std::string script = "echo >'" + mark + "'";
  const std::vector<std::string> none;
  const std::map<std::string, Text> empty;
  const std::string run = leash_run({script, none, empty}, nonce).value();
  const std::string header = leash_header(nonce, run.size(), 3, Milliseconds(9'000), Milliseconds(1'000));
  const std::string whole = header + run + "abc" + nonce + "\n";
  for (const HostShells& shells : shells()) {
    ProcessShell shell(shells, scratch.path());
    for (const std::size_t size : {std::size_t{0}, header.size() - 1, header.size() + 10, whole.size() - 21,
                                   whole.size() - 18, whole.size() - 4}) {
      INFO(shells.name << " " << size);
      const auto session = shell.start(leash_command_line(), {}).value();
      REQUIRE(::write(session->streams().input.get(), whole.data(), size) == static_cast<ssize_t>(size));
      session->streams().input.close();
      CHECK(session->wait({}).value().exit_code == 125);
      CHECK_FALSE(std::filesystem::exists(mark));
      CHECK(is_tidy());
    }
  }
}

TEST_CASE_METHOD(Fixture, "leash: what a login shell says first is not the command's output") {
  scratch.write("chatty", "#!/bin/sh\necho welcome; printf 'no line end' >&2; exec /bin/sh \"$@\"\n", 0755);
  ProcessShell shell({.name = "chatty", .login = scratch.path("chatty")}, scratch.path());
  const auto result = run(shell, {.script = "echo out; echo err >&2"});
  REQUIRE(result);
  CHECK(result->out == "out\n");
  CHECK(result->err == "err\n");
}

TEST_CASE_METHOD(Fixture, "leash: a login shell that takes no commands is an error with its words") {
  scratch.write("nologin", "#!/bin/sh\necho 'This account is currently not available.'; exit 1\n", 0755);
  ProcessShell shell({.name = "nologin", .login = scratch.path("nologin")}, scratch.path());
  const auto result = run(shell, {.script = "true"});
  REQUIRE_FALSE(result);
  CHECK(result.error().message ==
        "'observe' on 'web-1' could not begin: This account is currently not available.");
}

TEST_CASE_METHOD(Fixture, "leash: a host without setsid says what is missing") {
  const std::string few = scratch.path("few");
  std::filesystem::create_directories(few);
  for (const char* tool : {"mkdir", "dd", "mkfifo", "rm", "cat"})
    std::filesystem::create_symlink(std::string("/usr/bin/") + tool, few + "/" + tool);
  ProcessShell shell({.name = "few", .path = few}, scratch.path());
  const auto result = run(shell, {.script = "true"});
  REQUIRE_FALSE(result);
  CHECK(result.error().message.find("setsid") != std::string::npos);
  CHECK(is_tidy());
}

TEST_CASE_METHOD(Fixture, "leash: a stream is the script's input up to its end") {
  for (const HostShells& shells : shells()) {
    INFO(shells.name);
    ProcessShell shell(shells, scratch.path());
    const std::string piece(1U << 20, 'y');
    int left = 5;
    const auto result =
        run(shell, {.script = "wc -c | tr -d ' '; exit 4", .source = [&]() -> Result<std::string_view> {
                      return left-- > 0 ? std::string_view(piece) : std::string_view();
                    }});
    REQUIRE(result);
    CHECK(result->out == std::to_string(5U << 20) + "\n");
    CHECK(result->exit_code == 4);
  }
  CHECK(is_tidy());
}

TEST_CASE_METHOD(Fixture, "leash: an error of the stream's source is the error, and ends the script") {
  ProcessShell shell({}, scratch.path());
  const auto result = run(shell, {.script = "cat >/dev/null", .source = []() -> Result<std::string_view> {
                                    return fail(Cause::conflict, "it changed");
                                  }});
  REQUIRE_FALSE(result);
  CHECK(result.error().message == "it changed");
}

TEST_CASE_METHOD(Fixture, "leash: much output is kept at both ends and streamed whole") {
  class Counter final : public LineSink {
  public:
    void line(Stream stream, std::string_view) override { stream == Stream::out ? ++out : ++err; }
    int out = 0, err = 0;
  } counter;
  ProcessShell shell({}, scratch.path());
  const auto result = run(shell, {.script = "seq 200000; seq 300000 >&2", .output = &counter});
  REQUIRE(result);
  CHECK(counter.out == 200'000);
  CHECK(counter.err == 300'000);
  CHECK(result->out.find("bytes left out") != std::string::npos);
  CHECK(result->out.ends_with("200000\n"));
}

TEST_CASE("leash: the command line is safe for every login shell") {
  const std::string& line = leash_command_line();
  const auto open = line.find('\'');
  const auto close = line.rfind('\'');
  const std::string inside = line.substr(open + 1, close - open - 1);
  CHECK(inside.find_first_of("'\\!\n") == std::string::npos);
  CHECK(line.substr(0, open) == "exec /bin/sh -c ");
  CHECK(line.substr(close + 1) == " /bin/sh");
}

TEST_CASE("leash: a zero byte or a strange name is refused before anything is sent") {
  const std::vector<std::string> zero = {std::string("a\0b", 3)};
  const std::vector<std::string> none;
  const std::map<std::string, Text> empty;
  const std::map<std::string, Text> strange = {{"A-B", "x"}};
  const std::map<std::string, Text> unresolved = {{"A", Secret::reference("a")}};
  CHECK(leash_run({"true", zero, empty}, "n").error().message == "an argument holds a zero byte");
  CHECK(leash_run({"true", none, strange}, "n").error().message == "'A-B' is not a variable's name");
  CHECK(leash_run({"true", none, unresolved}, "n").error().cause == Cause::internal);
}
