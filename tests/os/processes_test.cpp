#include "os/processes.hpp"

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "os/descriptor.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

namespace {

struct Lines final : LineSink {
  void line(Stream stream, std::string_view text) override {
    seen.push_back((stream == Stream::out ? "out " : "err ") + std::string(text));
    if (on_line) on_line();
  }
  std::vector<std::string> seen;
  std::function<void()> on_line;
};

// Real time plus what the test adds: a deadline comes exactly when the child is seen to be ready for it.
class JumpingClock final : public Clock {
public:
  [[nodiscard]] std::chrono::system_clock::time_point wall() const override { return real_.wall(); }
  [[nodiscard]] std::chrono::nanoseconds boot() const override { return real_.boot() + ahead_; }
  void jump(std::chrono::nanoseconds by) { ahead_ += by; }

private:
  SystemClock real_;
  std::chrono::nanoseconds ahead_{0};
};

struct Fixture {
  Scratch scratch;
  JumpingClock clock;
  LocalProcesses processes{
      clock, scratch.path(), {{"PATH", "/usr/bin:/bin"}, {"HOME", "/home/me"}, {"CI_TOKEN", "t"}}};

  ProcessResult run(ProcessRequest request, std::stop_token stop = {}) {
    Result<ProcessResult> result = processes.run(request, std::move(stop));
    if (!result) FAIL(result.error().message);
    return *std::move(result);
  }
  static ProcessRequest shell(std::string script) {
    return {.argv = {"/bin/sh", "-c", std::move(script)}, .environment = {{"PATH", "/usr/bin:/bin"}}};
  }
};

bool is_gone(const std::string& pid) {
  return ::kill(std::stoi(pid), 0) != 0 && errno == ESRCH;
}

// A killed process whose parent died lives on as a zombie until init reaps it; its state tells.
bool is_dead(const std::string& pid) {
  if (is_gone(pid)) return true;
  const auto stat = read_file("/proc/" + pid + "/stat", 4096);
  return !stat || stat->find(") Z") != std::string::npos;
}

bool becomes_dead(const std::string& pid) {
  const SystemClock clock;
  const auto deadline = clock.boot() + std::chrono::seconds(10);
  while (!is_dead(pid) && clock.boot() < deadline) std::this_thread::yield();
  return is_dead(pid);
}

} // namespace

TEST_CASE_METHOD(Fixture, "processes: exit code and both streams come back") {
  const ProcessResult result = run(shell("echo out; echo err >&2; exit 3"));
  CHECK(result.exit_code == 3);
  CHECK(result.out == "out\n");
  CHECK(result.err == "err\n");
  CHECK_FALSE(result.timed_out);
  CHECK(run(shell("kill -9 $$")).exit_code == 128 + 9);
}

TEST_CASE_METHOD(Fixture, "processes: arguments are literal") {
  const std::vector<std::string> odd = {"a b", "$(id)", "'\"\n", "*", "", "-n"};
  ProcessRequest request = shell("for a in \"$@\"; do printf '[%s]' \"$a\"; done");
  request.argv.push_back("sh");
  request.argv.insert(request.argv.end(), odd.begin(), odd.end());
  CHECK(run(request).out == "[a b][$(id)]['\"\n][*][][-n]");
}

TEST_CASE_METHOD(Fixture, "processes: the environment is what was asked for and nothing else") {
  ProcessRequest request{
      .argv = {"env"},
      .environment = {{"TOKEN", Secret::reference("t").resolved_with("hunter22")}, {"HOME", "/other"}},
      .inherit = {"PATH", "HOME", "NOT_SET"}};
  CHECK(run(request).out == "PATH=/usr/bin:/bin\nHOME=/other\nTOKEN=hunter22\n");
  request.environment["A=B;rm"] = "x";
  CHECK(processes.run(request, {}).error().message == "'A=B;rm' is not a name of an environment variable");
}

TEST_CASE_METHOD(Fixture, "processes: input arrives whole, then ends, also when nobody reads it") {
  const std::string input(3'000'000, 'x');
  ProcessRequest request = shell("wc -c");
  request.input = input;
  CHECK(trim(run(request).out) == "3000000");
  request.argv.back() = "exit 0";
  CHECK(run(request).exit_code == 0);
  request.argv.back() = "cat /dev/stdin";
  request.input = Secret::reference("t").resolved_with("hunter22");
  CHECK(run(request).out == "hunter22");
  request.argv.back() = "cat";
  request.input = {};
  CHECK(run(request).out.empty());
  request.input = Secret::reference("t");
  CHECK(processes.run(request, {}).error().message == "the secret 't' has no value yet");
}

TEST_CASE_METHOD(Fixture, "processes: the command is looked up in the child's PATH") {
  scratch.write("tool", "#!/bin/sh\necho mine", 0755);
  ProcessRequest request{.argv = {"tool"}, .environment = {{"PATH", scratch.path() + ":/usr/bin:/bin"}}};
  CHECK(run(request).out == "mine\n");
  request.environment["PATH"] = ":.:/usr/bin"; // "here" is never searched
  const auto missing = processes.run(request, {});
  REQUIRE_FALSE(missing);
  CHECK(missing.error().cause == Cause::not_found);
  CHECK(missing.error().message == "the command 'tool' was not found");
  request.argv = {"./tool"};
  CHECK(run(request).out == "mine\n");
  scratch.write("data", "text");
  CHECK(processes.run({.argv = {"./data"}}, {}).error().cause == Cause::permission);
}

TEST_CASE_METHOD(Fixture, "processes: work in the pipeline's folder or the one asked for") {
  REQUIRE(make_directories(scratch.path("sub")));
  ProcessRequest request = shell("pwd");
  CHECK(trim(run(request).out) == scratch.path());
  request.directory = "sub";
  CHECK(trim(run(request).out) == scratch.path("sub"));
  request.directory = "/";
  CHECK(run(request).out == "/\n");
  request.directory = "none";
  CHECK(processes.run(request, {}).error().cause == Cause::not_found);
}

TEST_CASE_METHOD(Fixture, "processes: lines are streamed while the child runs") {
  Lines lines;
  ProcessRequest request =
      shell("printf 'one\\ntwo\\033[2J\\n'; echo three >&2; read -r go < fifo; printf last");
  REQUIRE(run(shell("mkfifo fifo")).exit_code == 0);
  request.output = &lines;
  std::atomic<int> count = 0;
  std::jthread opener;
  lines.on_line = [&] {
    // The child goes on only when three lines were seen while it was still running.
    if (++count == 3) opener = std::jthread([this] { REQUIRE(run(shell("echo go > fifo")).exit_code == 0); });
  };
  CHECK(run(request).out == "one\ntwo\x1b[2J\nlast");
  std::sort(lines.seen.begin(), lines.seen.end());
  CHECK(lines.seen == std::vector<std::string>{"err three", "out last", "out one", "out two"});
}

TEST_CASE_METHOD(Fixture, "processes: a result keeps head and tail of too much output") {
  ProcessRequest request = shell("echo begin; seq 1 100000; echo end");
  request.capture_limit = 1000;
  const ProcessResult result = run(request);
  CHECK(result.out.starts_with("begin\n1\n2\n"));
  CHECK(result.out.ends_with("\n100000\nend\n"));
  CHECK(result.out.find(" bytes left out]\n") != std::string::npos);
  CHECK(result.out.size() < 1100);
  request.capture_limit = 0;
  CHECK(run(request).out == "\n[588905 bytes left out]\n");
}

TEST_CASE_METHOD(Fixture, "processes: at the deadline the group gets SIGTERM") {
  Lines lines;
  lines.on_line = [this] { clock.jump(std::chrono::hours(1)); };
  ProcessRequest request = shell("trap 'echo bye; exit 5' TERM; echo up; while :; do sleep 0.01; done");
  request.output = &lines;
  request.grace = Milliseconds(std::chrono::hours(100));
  const ProcessResult result = run(request);
  CHECK(result.timed_out);
  CHECK_FALSE(result.cancelled);
  CHECK(result.exit_code == 5);
  CHECK(result.out == "up\nbye\n");
}

TEST_CASE_METHOD(Fixture, "processes: who ignores SIGTERM is killed, with its children") {
  Lines lines;
  lines.on_line = [this] { clock.jump(std::chrono::hours(1)); };
  ProcessRequest request = shell("trap '' TERM; sleep 1000 & echo $!; while :; do sleep 1000; done");
  request.output = &lines;
  request.grace = Milliseconds(50);
  const ProcessResult result = run(request);
  CHECK(result.timed_out);
  CHECK(result.exit_code == 128 + SIGKILL);
  CHECK(becomes_dead(std::string(trim(result.out))));
}

TEST_CASE_METHOD(Fixture, "processes: a stop ends the child") {
  std::stop_source stop;
  Lines lines;
  lines.on_line = [&stop] { stop.request_stop(); };
  ProcessRequest request = shell("echo up; exec sleep 1000");
  request.output = &lines;
  const ProcessResult result = run(request, stop.get_token());
  CHECK(result.cancelled);
  CHECK_FALSE(result.timed_out);
  CHECK(result.exit_code == 128 + SIGTERM);
  CHECK(processes.run(request, stop.get_token()).error().cause == Cause::cancelled);
}

TEST_CASE_METHOD(Fixture, "processes: a child that writes without end still meets its deadline") {
  ProcessRequest request{.argv = {"yes"}, .environment = {{"PATH", "/usr/bin:/bin"}}};
  Lines lines;
  lines.on_line = [this, &lines] {
    clock.jump(std::chrono::hours(1));
    lines.seen.clear();
  };
  request.output = &lines;
  request.capture_limit = 100;
  CHECK(run(request).timed_out);
}

TEST_CASE_METHOD(Fixture, "processes: a grandchild that holds the output open does not hold us") {
  ProcessRequest request = shell("echo done; sleep 1000 & echo $!");
  const ProcessResult result = run(request);
  CHECK(result.exit_code == 0);
  const auto words = split(result.out, '\n');
  REQUIRE(words.size() == 3);
  CHECK_FALSE(is_gone(std::string(words[1]))); // a daemon it started may live
  ::kill(std::stoi(std::string(words[1])), SIGKILL);
}

TEST_CASE_METHOD(Fixture, "processes: no descriptor and no blocked signal reaches the child") {
  Descriptor leaked(::open("/dev/null", O_RDONLY)); // without O_CLOEXEC on purpose
  sigset_t term;
  sigset_t before;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &term, &before);
  const ProcessResult result = run(shell("ls /proc/self/fd; grep SigBlk /proc/self/status"));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  // 3 is the directory that ls itself reads.
  CHECK(result.out == "0\n1\n2\n3\nSigBlk:\t0000000000000000\n");
}

TEST_CASE_METHOD(Fixture, "processes: many threads run many children") {
  std::vector<std::future<bool>> runs;
  for (int i = 0; i < 8; ++i)
    runs.push_back(std::async(std::launch::async, [this, i] {
      bool good = true;
      for (int n = 0; n < 10; ++n) {
        const auto result =
            processes.run(shell("echo " + std::to_string(i) + "; exit " + std::to_string(n)), {});
        good = good && result && result->exit_code == n && result->out == std::to_string(i) + "\n";
      }
      return good;
    }));
  for (std::future<bool>& done : runs) CHECK(done.get());
}
