// What a second attempt does about what a lost connection left running of the first one.
#include <filesystem>
#include <future>
#include <thread>
#include <utility>

#include <catch2/catch.hpp>
#include <fmt/core.h>

#include "base/strings.hpp"
#include "base/system_clock.hpp"
#include "os/scratch.hpp"
#include "ssh/leash.hpp"
#include "ssh/process_shell.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::HostShells;
using deployctl::tests::ProcessShell;

namespace {

struct Attempt {
  std::string script;
  std::string claim;
  std::vector<std::string> arguments;
  LineSink* output = nullptr;
};

Result<HostResult> run(RemoteShell& shell, const Attempt& attempt, std::stop_token stop = {}) {
  const SystemClock clock;
  SystemRandom random;
  const std::map<std::string, Text> empty;
  const LeashRequest request{.what = "'script' on 'web-1'",
                             .script = {.script = attempt.script,
                                        .arguments = attempt.arguments,
                                        .environment = empty,
                                        .claim = attempt.claim},
                             .input = {},
                             .source = {},
                             .grace = Milliseconds(1'000),
                             .output = attempt.output};
  return run_leashed(shell, clock, random, request, std::move(stop));
}

// An attempt in a thread of its own; it is there when its first line was said.
class Running final : public LineSink {
public:
  Running(const HostShells& shells, const std::string& home, Attempt attempt)
      : shell_(shells, home), attempt_(std::move(attempt)) {
    attempt_.output = this;
    thread_ = std::jthread([this](const std::stop_token& stop) {
      Result<HostResult> ended = run(shell_, attempt_, stop);
      if (!has_said_) first_.set_value({});
      ended_.set_value(std::move(ended));
    });
    said = first_.get_future().get();
  }
  void line(Stream, std::string_view text) override {
    if (!std::exchange(has_said_, true)) first_.set_value(std::string(text));
  }
  Result<HostResult> end() { return ended_.get_future().get(); }
  std::string said;

private:
  ProcessShell shell_;
  Attempt attempt_;
  std::promise<std::string> first_;
  std::promise<Result<HostResult>> ended_;
  bool has_said_ = false;
  std::jthread thread_;
};

// Says its process and that of a child which does not hear SIGTERM.
constexpr const char* stubborn = "sh -c 'trap \"\" TERM; sleep 1000' & echo \"$$ $!\"; wait; sleep 1000";

// Which of the processes run, then "began".
constexpr const char* who_runs = R"(for pid; do
  if grep -q '^State:[[:space:]]*[^ZX]' "/proc/$pid/status" 2>/dev/null; then echo "$pid runs"; fi
done
echo began)";

std::vector<std::string> words(const std::string& line) {
  const auto parts = split(line, ' ');
  return {parts.begin(), parts.end()};
}

bool is_tidy(const std::string& home) {
  for (const auto& entry : std::filesystem::directory_iterator(home))
    if (entry.path().filename().string().starts_with(".deployctl-")) return false;
  return true;
}

} // namespace

TEST_CASE("tough 4: claim: what still runs of a lost attempt is ended before the next one begins") {
  const Scratch scratch;
  for (const HostShells& shells : tests::all_shells(scratch.path())) {
    INFO(shells.name);
    Running other(shells, scratch.path(), {.script = stubborn, .claim = "0a"});
    Running lost(shells, scratch.path(), {.script = stubborn, .claim = "0b"});
    ProcessShell shell(shells, scratch.path());
    const auto next =
        run(shell, {.script = who_runs, .claim = "0b", .arguments = words(lost.said + " " + other.said)});
    REQUIRE(next);
    CHECK(next->err.empty());
    const auto left = words(other.said);
    CHECK(next->out == fmt::format("{} runs\n{} runs\nbegan\n", left.at(0), left.at(1)));
    const auto ended = lost.end();
    REQUIRE(ended);
    CHECK(ended->exit_code != 0);
  }
  CHECK(is_tidy(scratch.path()));
}

TEST_CASE("claim: without one commands run side by side") {
  const Scratch scratch;
  const HostShells shells{.name = "sh"};
  Running first(shells, scratch.path(), {.script = stubborn});
  ProcessShell shell(shells, scratch.path());
  const auto pids = words(first.said);
  CHECK(run(shell, {.script = who_runs, .arguments = pids})->out ==
        fmt::format("{} runs\n{} runs\nbegan\n", pids.at(0), pids.at(1)));
}

TEST_CASE("claim: a number that is somebody else's by now is left alone") {
  const Scratch scratch;
  const HostShells shells{.name = "sh"};
  Running stranger(shells, scratch.path(), {.script = stubborn});
  const std::string left = scratch.path(".deployctl-left");
  std::filesystem::create_directories(left);
  scratch.write(".deployctl-left/claim", "0b\n");
  scratch.write(".deployctl-left/leader", words(stranger.said)[0] + " 12345\n");
  ProcessShell shell(shells, scratch.path());
  const auto pids = words(stranger.said);
  CHECK(run(shell, {.script = who_runs, .claim = "0b", .arguments = pids})->out ==
        fmt::format("{} runs\n{} runs\nbegan\n", pids.at(0), pids.at(1)));
  CHECK_FALSE(std::filesystem::exists(left));
}
