#include "state/lock.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "state/audit.hpp"
#include "state/stack_folder.hpp"

using namespace deployctl;
using namespace deployctl::state;
using namespace deployctl::test;

namespace {

Result<Acquired> take(StackFolder& folder, const Holder& who,
                      std::optional<Milliseconds> wait = std::nullopt) {
  return acquire(folder.stack, who, folder.clock, wait, {});
}

LockGuard taken(Result<Acquired> acquired) {
  INFO((acquired ? "" : acquired.error().message));
  REQUIRE(acquired);
  REQUIRE(std::holds_alternative<LockGuard>(*acquired));
  return std::get<LockGuard>(std::move(*acquired));
}

Held refused(const Result<Acquired>& acquired) {
  REQUIRE(acquired);
  REQUIRE(std::holds_alternative<Held>(*acquired));
  return std::get<Held>(*acquired);
}

// A process that holds the lock until it is killed.
class OtherRun {
public:
  explicit OtherRun(StackFolder& folder, const std::string& run = "01J0000000000000000000OTHR") {
    int ready[2];
    REQUIRE(::pipe(ready) == 0);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::close(ready[0]);
      auto acquired = take(folder, holder(run));
      const bool good = acquired && std::holds_alternative<LockGuard>(*acquired);
      (void)!::write(ready[1], good ? "y" : "n", 1);
      while (true) ::pause();
    }
    ::close(ready[1]);
    char answer = 0;
    REQUIRE(::read(ready[0], &answer, 1) == 1);
    ::close(ready[0]);
    REQUIRE(answer == 'y');
  }
  ~OtherRun() { kill(); }
  void kill() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
    child_ = 0;
  }

private:
  pid_t child_ = 0;
};

Holder manual(const std::string& why) {
  Holder who = holder("");
  who.kind = HolderKind::manual;
  who.message = why;
  return who;
}

Holder elsewhere() {
  Holder who = holder("01J00000000000000000000FAR");
  who.process.host = "another-machine";
  who.process.boot_id = "another-boot";
  return who;
}

void put(const StackFolder& folder, const Holder& who) {
  REQUIRE(update_cell(folder.stack.cell(), [&](Cell& cell) -> Status {
    cell.holder = who;
    return {};
  }));
}

} // namespace

TEST_CASE("lock: taken, named in the cell, given back") {
  StackFolder folder;
  {
    const LockGuard guard = taken(take(folder, holder()));
    CHECK(guard.epoch() == 1);
    CHECK_FALSE(guard.took_over());
    CHECK(guard.check());
    REQUIRE(folder.cell().holder);
    CHECK(*folder.cell().holder == holder());
  }
  CHECK_FALSE(folder.cell().holder);
  CHECK(folder.cell().epoch == 1);
  CHECK(taken(take(folder, holder())).epoch() == 2);
}

TEST_CASE("lock: a second run is told who holds it and whether that lives") {
  StackFolder folder;
  OtherRun other(folder);
  const Held held = refused(take(folder, holder()));
  CHECK(held.holder.run == "01J0000000000000000000OTHR");
  CHECK(held.life == os::Life::alive);
  const Error error = held_error("hello/production", held);
  CHECK(error.cause == Cause::conflict);
  CHECK_THAT(error.message, Catch::Contains("run 01J0000000000000000000OTHR (apply production) by "));
  CHECK_THAT(error.help, Catch::Contains("--lock-wait"));
}

TEST_CASE("lock: a killed run does not block, and the next one says from whom it took over") {
  StackFolder folder;
  OtherRun other(folder);
  REQUIRE(update_cell(folder.stack.cell(), [](Cell& cell) -> Status {
    cell.pending_run = "01J0000000000000000000OTHR";
    return {};
  }));
  other.kill();
  const LockGuard guard = taken(take(folder, holder()));
  CHECK(guard.epoch() == 2);
  REQUIRE(guard.took_over());
  CHECK(guard.took_over()->run == "01J0000000000000000000OTHR");
  CHECK(folder.cell().pending_run == "01J0000000000000000000OTHR");
}

TEST_CASE("lock: waiting ends when the holder does, and not before") {
  StackFolder folder;
  OtherRun other(folder);
  CHECK(refused(take(folder, holder(), Milliseconds(1))).life == os::Life::alive);
  std::jthread waiting([&] { CHECK(taken(take(folder, holder(), Milliseconds(60'000))).took_over()); });
  other.kill();
}

TEST_CASE("lock: a stopped wait is cancelled") {
  StackFolder folder;
  OtherRun other(folder);
  std::stop_source stop;
  stop.request_stop();
  const auto result = acquire(folder.stack, holder(), folder.clock, Milliseconds(60'000), stop.get_token());
  REQUIRE_FALSE(result);
  CHECK(result.error().cause == Cause::cancelled);
}

TEST_CASE("lock: two of one process exclude each other") {
  StackFolder folder;
  const LockGuard guard = taken(take(folder, holder()));
  CHECK(refused(take(folder, holder("01J0000000000000000000RUN2"))).holder.run == holder().run);
}

TEST_CASE("lock: many processes, one holder at a time") {
  StackFolder folder;
  constexpr int processes = 4;
  constexpr int rounds = 10;
  std::vector<pid_t> children;
  for (int p = 0; p < processes; ++p) {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      bool good = true;
      for (int i = 0; i < rounds && good; ++i) {
        auto acquired = take(folder, holder(), Milliseconds(60'000));
        good = acquired && std::holds_alternative<LockGuard>(*acquired);
        // Not under any other lock: two holders at once would lose counts.
        const auto current = folder.stack.cell().read();
        Cell cell = current->cell;
        cell.release_number += 1;
        good = good && folder.stack.cell().cas(cell, current->version) == CasResult::ok;
      }
      ::_exit(good ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  CHECK(folder.cell().release_number == processes * rounds);
  CHECK(folder.cell().epoch == processes * rounds);
}

TEST_CASE("lock: a run on another machine is neither waited out nor taken over") {
  StackFolder folder;
  put(folder, elsewhere());
  const Held held = refused(take(folder, holder()));
  CHECK(held.life == os::Life::unknown);
  CHECK_THAT(held_error("hello/production", held).help, Catch::Contains("deployctl unlock production"));

  const auto removed = unlock(folder.stack, "ann@laptop", "that machine is gone", folder.clock);
  REQUIRE(removed);
  REQUIRE(*removed);
  CHECK((*removed)->run == elsewhere().run);
  CHECK(folder.cell().epoch == 1); // whoever still runs with the old one is fenced off
  CHECK_FALSE(folder.cell().holder);
}

TEST_CASE("lock: a dead run of another container on this kernel is taken over by its freed flock") {
  StackFolder folder;
  Holder container = elsewhere();
  container.process.boot_id = holder().process.boot_id;
  put(folder, container);
  CHECK(taken(take(folder, holder())).took_over()->process.host == "another-machine");
}

TEST_CASE("lock: a holder that lives without its flock is believed") {
  StackFolder folder;
  put(folder, holder());
  CHECK(refused(take(folder, holder("01J0000000000000000000RUN2"))).life == os::Life::alive);
  CHECK(unlock(folder.stack, "ann@laptop", "why", folder.clock).error().cause == Cause::conflict);
}

TEST_CASE("lock: a run that lost it is told by whom, and does not take it away") {
  StackFolder folder;
  LockGuard guard = taken(take(folder, holder()));
  put(folder, elsewhere());
  CHECK_THAT(guard.check().error().message, Catch::Contains("another-machine"));
  CHECK(guard.release().error().cause == Cause::conflict);
  CHECK(folder.cell().holder->run == elsewhere().run);
}

TEST_CASE("manual lock: stays without a process, is never waited for, and ends with a reason") {
  StackFolder folder;
  REQUIRE(lock_manually(folder.stack, manual("release freeze")) == std::nullopt);
  const Held held = refused(take(folder, holder(), Milliseconds(60'000)));
  CHECK(held.holder.kind == HolderKind::manual);
  CHECK_THAT(held_error("hello/production", held).message, Catch::Contains("release freeze"));

  REQUIRE(lock_manually(folder.stack, manual("longer freeze")) == std::nullopt);
  CHECK(folder.cell().holder->message == "longer freeze");

  const auto removed = unlock(folder.stack, "bob@laptop", "freeze is over", folder.clock);
  REQUIRE(removed);
  CHECK((*removed)->message == "longer freeze");
  CHECK(*unlock(folder.stack, "bob@laptop", "again", folder.clock) == std::nullopt);
  CHECK(taken(take(folder, holder())).check());

  const auto audit = read_audit(folder.stack.directory());
  REQUIRE(audit);
  REQUIRE(audit->size() == 3);
  CHECK((*audit)[0].what == "lock");
  CHECK((*audit)[0].reason == "release freeze");
  CHECK((*audit)[2].what == "unlock");
  CHECK((*audit)[2].user == "bob@laptop");
  CHECK((*audit)[2].reason == "freeze is over");
}

TEST_CASE("manual lock: not on top of a run, and a run's lock is not unlocked under it") {
  StackFolder folder;
  OtherRun other(folder);
  const auto held = lock_manually(folder.stack, manual("stop"));
  REQUIRE(held);
  REQUIRE(*held);
  CHECK((*held)->holder.run == "01J0000000000000000000OTHR");
  const auto removed = unlock(folder.stack, "ann@laptop", "why", folder.clock);
  REQUIRE_FALSE(removed);
  CHECK_THAT(removed.error().message, Catch::Contains("01J0000000000000000000OTHR"));
  other.kill();
  CHECK(*lock_manually(folder.stack, manual("stop")) == std::nullopt);
}

TEST_CASE("holder: the CI job it runs in is part of it") {
  const Holder who = this_process(
      "01J0000000000000000000RUN1", "apply production", "2026-03-14T09:26:53.589Z",
      {{"GITHUB_SERVER_URL", "https://github.com"}, {"GITHUB_REPOSITORY", "a/b"}, {"GITHUB_RUN_ID", "12"}});
  CHECK(who.link == "https://github.com/a/b/actions/runs/12");
  CHECK_THAT(describe(who), Catch::Contains(who.link));
  CHECK(*holder_from(to_value(who)) == who);
}
