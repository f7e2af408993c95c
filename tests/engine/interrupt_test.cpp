// Winding down and abandoning with work under way.
#include <catch2/catch.hpp>

#include <thread>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;

namespace {

struct Interrupted : StackRig {
  std::stop_source wind_down;
  std::stop_source abandon;
  std::unique_ptr<Process> running = process();

  Interrupted() {
    running->environment.interrupts = {wind_down.get_token(), abandon.get_token(), [] { return 15; }};
    running->environment.parallel = 64;
  }

  // Ends when the engine does: `meanwhile` has to see to it.
  Ending apply_and(const std::function<void()>& meanwhile) {
    Ending ending;
    std::jthread run(
        [&] { ending = engine::apply(running->environment, pipeline, source, std::nullopt, options); });
    meanwhile();
    run.join();
    return ending;
  }
};

} // namespace

TEST_CASE("interrupt: fifty stages under way end at a safe point, and the next apply completes them") {
  Interrupted rig;
  for (int i = 0; i < 50; ++i) {
    const std::string id = "s" + std::to_string(i);
    rig.add(id, "sim.subprocess", Value::Map{{"name", id}, {"value", "v1"}});
  }
  rig.world->add({.act = Act::hold, .times = 50});
  const Ending ending = rig.apply_and([&] {
    REQUIRE(rig.world->wait_until_held(50));
    rig.wind_down.request_stop(); // nobody releases them: each is told to stop
  });
  CHECK(ending.exit_code == 143);
  CHECK(ending.outcome == Outcome::interrupted);
  CHECK(ending.world.size() == 50);
  CHECK(rig.world->effects().empty());
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.world->effects().size() == 50);
  CHECK(rig.world->keys_done_twice().empty());
}

TEST_CASE("interrupt: a job that heeds no stop is left behind, unknown but findable") {
  Interrupted rig;
  rig.add("tool", "sim.subprocess", Value::Map{{"name", "tool"}, {"value", "v1"}});
  rig.world->add({.act = Act::deaf, .step = "tool"});
  std::vector<Ending> left;
  rig.running->environment.leave_behind = [&](const Ending& ending) {
    left.push_back(ending);
    rig.world->release(); // a program would be gone now; the engine waits instead
  };
  const Ending ending = rig.apply_and([&] {
    REQUIRE(rig.world->wait_until_held());
    rig.abandon.request_stop();
  });
  REQUIRE(left.size() == 1);
  CHECK(left.front().exit_code == 143);
  CHECK(lines(left.front()) == std::vector<std::string>{"unknown tool"});
  CHECK(lines(ending) == lines(left.front()));
  const auto journal = state::read_journal(ending.journal);
  REQUIRE(journal);
  CHECK(std::any_of(journal->records.begin(), journal->records.end(),
                    [](const state::Record& record) { return record.type == state::RecordType::remote_id; }));
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.world->effects().size() == 1);
}

TEST_CASE("interrupt: jobs that heed the stop need nobody to leave") {
  Interrupted rig;
  rig.add_single("db", "v1");
  rig.world->add({.act = Act::hold_after, .step = "db"});
  bool left = false;
  rig.running->environment.leave_behind = [&](const Ending&) { left = true; };
  rig.apply_and([&] {
    REQUIRE(rig.world->wait_until_held());
    rig.abandon.request_stop();
  });
  CHECK_FALSE(left);
}
