#include "os/file_lock.hpp"

#include <csignal>
#include <thread>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "base/system_clock.hpp"
#include "os/hardening.hpp"
#include "os/process_identity.hpp"
#include "scratch.hpp"

using namespace deployctl;
using namespace deployctl::os;

TEST_CASE("file lock: one holder at a time, and the file stays") {
  const Scratch scratch;
  const std::string path = scratch.path("lock");
  std::optional<FileLock> first = FileLock::try_acquire(path).value();
  REQUIRE(first);
  CHECK_FALSE(FileLock::try_acquire(path).value());
  first.reset();
  CHECK(FileLock::try_acquire(path).value());
  CHECK(::access(path.c_str(), F_OK) == 0);
}

TEST_CASE("file lock: waiting ends at its limit") {
  const Scratch scratch;
  const SystemClock clock;
  const auto held = FileLock::try_acquire(scratch.path("lock")).value();
  CHECK_FALSE(FileLock::acquire(scratch.path("lock"), clock, Milliseconds(0)).value());
  CHECK_FALSE(FileLock::acquire(scratch.path("lock"), clock, Milliseconds(20)).value());
}

TEST_CASE("file lock: waiting ends when the holder lets go") {
  const Scratch scratch;
  const SystemClock clock;
  auto held = FileLock::try_acquire(scratch.path("lock")).value();
  std::optional<FileLock> waited;
  {
    std::jthread waiter(
        [&] { waited = FileLock::acquire(scratch.path("lock"), clock, Milliseconds(60'000)).value(); });
    held.reset();
  }
  CHECK(waited);
}

TEST_CASE("file lock: a stop ends the wait") {
  const Scratch scratch;
  const SystemClock clock;
  const auto held = FileLock::try_acquire(scratch.path("lock")).value();
  std::stop_source stop;
  stop.request_stop();
  const auto waited = FileLock::acquire(scratch.path("lock"), clock, Milliseconds(60'000), stop.get_token());
  REQUIRE_FALSE(waited);
  CHECK(waited.error().cause == Cause::cancelled);
}

TEST_CASE("file lock: the kernel lets go when the holder dies") {
  const Scratch scratch;
  const SystemClock clock;
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FileLock::try_acquire(scratch.path("lock"));
    ::_exit(held && *held ? 0 : 1); // no destructor runs
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(status == 0);
  CHECK(FileLock::try_acquire(scratch.path("lock")).value());
}

TEST_CASE("file lock: a link is not followed to another file") {
  const Scratch scratch;
  scratch.write("victim", "");
  REQUIRE(::symlink("victim", scratch.path("lock").c_str()) == 0);
  CHECK_FALSE(FileLock::try_acquire(scratch.path("lock")));
}

TEST_CASE("process identity: alive, dead, reused, elsewhere") {
  const ProcessIdentity self = this_process().value();
  CHECK(self.pid == ::getpid());
  CHECK(self.start_time > 0);
  CHECK(self.boot_id.size() == 36);
  CHECK_FALSE(self.user.empty());
  CHECK(life_of(self) == Life::alive);

  ProcessIdentity other = self;
  other.start_time -= 1; // the pid now belongs to a later process
  CHECK(life_of(other) == Life::dead);
  other = self;
  other.boot_id = "00000000-0000-0000-0000-000000000000";
  CHECK(life_of(other) == Life::dead);
  other = self;
  other.host = "another.example.com";
  CHECK(life_of(other) == Life::unknown);
}

TEST_CASE("process identity: an ended child is dead, before and after it is waited for") {
  ProcessIdentity child = this_process().value();
  child.pid = ::fork();
  if (child.pid == 0) ::_exit(0);
  siginfo_t info{};
  REQUIRE(::waitid(P_PID, static_cast<id_t>(child.pid), &info, WEXITED | WNOWAIT) == 0); // it is a zombie now
  CHECK(life_of(child) == Life::dead);
  REQUIRE(::waitpid(static_cast<pid_t>(child.pid), nullptr, 0) == child.pid);
  CHECK(life_of(child) == Life::dead);
}

TEST_CASE("hardening: no core file can be written") {
  const pid_t child = ::fork(); // the test process itself stays debuggable
  if (child == 0) {
    const bool forbidden = forbid_core_dumps().has_value();
    if (!forbidden) ::_exit(1);
    std::signal(SIGABRT, SIG_DFL); // not the handler of the test framework
    ::abort();
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGABRT);
  CHECK_FALSE(WCOREDUMP(status));
}

TEST_CASE("hardening: closed standard streams are opened on nothing") {
  const pid_t child = ::fork();
  if (child == 0) {
    for (const int number : {0, 1, 2}) ::close(number);
    const bool opened =
        ensure_standard_streams().has_value() && ::fcntl(0, F_GETFD) >= 0 && ::fcntl(2, F_GETFD) >= 0;
    ::_exit(opened && ::open("/dev/null", O_RDONLY) > 2 ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
}
