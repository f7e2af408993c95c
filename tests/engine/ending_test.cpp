// What a failed run says about the world.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;

TEST_CASE("apply: a target that was never written is not listed, and the run failed with nothing changed") {
  StackRig rig;
  rig.add_single("web", "v1");
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  SECTION("the effect was refused") {
    rig.world->add({.act = Act::fail_before, .step = "web"});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 1);
    CHECK(ending.world.empty());
  }
  SECTION("the effect was there") {
    rig.world->add({.act = Act::fail_after, .step = "web"});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 8);
    CHECK(lines(ending) == std::vector<std::string>{"reverted web"});
  }
  CHECK(rig.value_of("sim.single/web") == "v1");
}

TEST_CASE("apply: a failed run says which steps never started") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("api", "v1", {"db"});
  rig.add_single("web", "v1", {"api"});
  rig.add_single("cdn", "v1", {"web"});
  rig.world->add({.act = Act::fail_before, .step = "api"});
  const Ending ending = rig.apply();
  CHECK(lines(ending) == std::vector<std::string>{"reverted db"});
  CHECK(ending.not_started == std::vector<std::string>{"web", "cdn"});
  CHECK(to_json(*to_value(ending).find("not_started")) == R"(["web","cdn"])");
  CHECK(rig.apply().not_started.empty());
}

TEST_CASE("apply: what stays as it is does not list what never changed") {
  StackRig rig;
  rig.pipeline.on_failure = config::OnFailure::stop;
  rig.add_single("db", "v1");
  rig.add_single("api", "v1", {"db"});
  SECTION("refused before anything happened") {
    rig.world->add({.act = Act::fail_before, .step = "api"});
    const Ending ending = rig.apply();
    CHECK(lines(ending) == std::vector<std::string>{"remaining db"});
    CHECK(ending.exit_code == 9);
  }
  SECTION("failed behind its effect") {
    rig.world->add({.act = Act::fail_after, .step = "api"});
    CHECK(lines(rig.apply()) == std::vector<std::string>{"remaining db", "remaining api"});
  }
  SECTION("nothing at all was changed") {
    rig.world->add({.act = Act::fail_before, .step = "db"});
    const Ending ending = rig.apply();
    CHECK(ending.world.empty());
    CHECK(ending.exit_code == 1);
  }
}

TEST_CASE("apply: what stays is not said to go back") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("api", "v1", {"db"});
  rig.world->add({.act = Act::fail_after, .step = "api"});
  std::string told;
  SECTION("everything goes back") {
    told = "what this run changed goes back";
  }
  SECTION("on_failure: stop") {
    rig.pipeline.on_failure = config::OnFailure::stop;
    told = "what this run changed stays as it is (on_failure: stop)";
  }
  SECTION("on_abort: stop") {
    rig.step("api").strategy.on_abort = OnAbort::stop;
    told = "what the steps before it changed goes back (on_abort: stop)";
  }
  const Ending ending = rig.apply();
  const bool stays = told.find("stays") != std::string::npos;
  const std::vector<std::string> said = rig.events.messages(stays ? "diagnostic" : "rollback_started");
  CHECK(std::find(said.begin(), said.end(), "nothing new starts, and " + told) != said.end());
  CHECK(rig.events.messages("rollback_started").empty() == stays);
  CHECK(rig.events.messages("rollback_finished").empty() == stays);
  CHECK(rig.value_of("sim.single/db") == (stays ? "v1" : ""));
  CHECK(ending.exit_code == (told == "what this run changed goes back" ? 8 : 9));
}
