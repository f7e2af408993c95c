// Who may act on a host when two runs believe that they hold it.
#include <atomic>
#include <filesystem>
#include <thread>

#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "os/scratch.hpp"
#include "ssh/leash.hpp"
#include "ssh/process_shell.hpp"

using namespace deployctl;
using namespace deployctl::ssh;
using deployctl::tests::HostShells;
using deployctl::tests::ProcessShell;

namespace {

Result<HostResult> run_fenced(RemoteShell& shell, const Fence* fence) {
  const SystemClock clock;
  SystemRandom random;
  const std::vector<std::string> none;
  const std::map<std::string, Text> empty;
  const LeashRequest request{
      .what = "'switch' on 'web-1'",
      .script = {.script = "echo did", .arguments = none, .environment = empty, .fence = fence},
      .input = {},
      .source = {}};
  return run_leashed(shell, clock, random, request, {});
}

// A home of its own on a host.
std::string home_on(const Scratch& scratch, const std::string& name) {
  std::string home = scratch.path("home-" + name.substr(name.rfind('/') + 1));
  std::filesystem::create_directories(home);
  return home;
}

} // namespace

TEST_CASE("tough 15: fence: a host refuses a run that was taken over from, and knows who did") {
  const Scratch scratch;
  for (const HostShells& shells : tests::all_shells(scratch.path())) {
    INFO(shells.name);
    ProcessShell shell(shells, home_on(scratch, shells.name));
    const auto run_as = [&](std::int64_t epoch, const std::string& name) {
      const Fence fence{.name = "0a1b", .epoch = epoch, .run = name};
      return run_fenced(shell, &fence);
    };
    CHECK(run_as(7, "A")->out == "did\n");
    CHECK(run_as(7, "A")->out == "did\n");
    CHECK(run_as(8, "B")->out == "did\n");
    for (const auto& late : {run_as(7, "A"), run_as(8, "A")}) {
      REQUIRE_FALSE(late);
      CHECK(late.error().cause == Cause::superseded);
      CHECK(late.error().message == "'switch' on 'web-1' was refused: fenced off by epoch 8 of run B");
    }
    CHECK(run_as(8, "B")->out == "did\n");
    CHECK(run_fenced(shell, nullptr)->out == "did\n");
  }
}

TEST_CASE("fence: a user without a home is fenced in /var/tmp") {
  const Scratch scratch;
  const std::string kept = "/var/tmp/.deployctl-" + std::to_string(::geteuid());
  const std::string name = "f0" + std::to_string(::getpid());
  for (const HostShells& shells : tests::all_shells(scratch.path())) {
    INFO(shells.name);
    scratch.write("env", "#!/bin/sh\nHOME=/proc/nobody\nexport HOME\nexec " + shells.login + " \"$@\"\n",
                  0755);
    HostShells homeless = shells;
    homeless.login = scratch.path("env");
    ProcessShell shell(homeless, scratch.path());
    const Fence mine{.name = name, .epoch = 5, .run = "A"};
    const Fence late{.name = name, .epoch = 4, .run = "B"};
    CHECK(run_fenced(shell, &mine)->out == "did\n");
    CHECK(run_fenced(shell, &late).error().cause == Cause::superseded);
  }
  std::filesystem::remove(kept + "/" + name);
}

TEST_CASE("tough 16: fence: of forty takers of one epoch a host admits one, with flock and without") {
  const Scratch scratch;
  const std::string few = scratch.path("few");
  std::filesystem::create_directories(few);
  for (const char* tool :
       {"mkdir", "dd", "mkfifo", "rm", "rmdir", "cat", "setsid", "sleep", "sync", "mv", "find"})
    std::filesystem::create_symlink(std::string("/usr/bin/") + tool, few + "/" + tool);
  for (const HostShells& shells : {HostShells{.name = "flock"}, HostShells{.name = "none", .path = few}}) {
    INFO(shells.name);
    const std::string home = home_on(scratch, shells.name);
    std::atomic<int> admitted = 0;
    std::vector<std::jthread> takers;
    takers.reserve(40);
    for (int i = 0; i < 40; ++i)
      takers.emplace_back([&, i] {
        ProcessShell shell(shells, home);
        const Fence fence{.name = "0a1b", .epoch = 3, .run = "R" + std::to_string(i)};
        if (run_fenced(shell, &fence)) ++admitted;
      });
    takers.clear();
    CHECK(admitted == 1);
  }
}
