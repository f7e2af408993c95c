// A plan with unknown fields is a promise about the rest: what happens when the world breaks it meanwhile.
#include <catch2/catch.hpp>

#include <thread>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using Texts = std::vector<std::string>;

namespace {

// `web` waits for the image; while that is made, the world may change.
struct Waiting : StackRig {
  explicit Waiting(Texts before = {}) {
    world->put("sim.single/web", {.managed = Value::Map{{"name", "web"}, {"value", "old"}}});
    add("image", "sim.artifact", Value::Map{{"name", "app"}}, std::move(before));
    add_single("web", "", {"image"}).inputs["value"] = Unknown{"image", "ref", "${steps.image.ref}"};
  }

  Ending apply_while(const std::function<void()>& meanwhile) {
    world->add({.act = Act::hold, .step = "image"});
    Ending ending;
    std::jthread run([&] { ending = apply(); });
    REQUIRE(world->wait_until_held());
    meanwhile();
    world->release();
    run.join();
    return ending;
  }

  void remove_web() { world->erase("sim.single/web"); }
};

} // namespace

TEST_CASE("turn: what turns out to be done already is fine") {
  Waiting other; // tells which image it will be
  REQUIRE(other.apply().exit_code == 0);
  Waiting rig;
  const Ending ending =
      rig.apply_while([&] { rig.world->put("sim.single/web", *other.world->thing("sim.single/web")); });
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.world->log() == Texts{"image make make"});
}

TEST_CASE("turn: another action than approved has no effect, and is 7 when nothing was changed before") {
  Waiting rig;
  const Ending ending = rig.apply_while([&] { rig.remove_web(); });
  CHECK(ending.exit_code == 7);
  CHECK(ending.world.empty());
  REQUIRE(ending.error);
  CHECK(ending.error->evidence == Texts{"action is create, approved was update"});
  CHECK(rig.world->log() == Texts{"image make make"});
  CHECK_FALSE(rig.live());
}

TEST_CASE("turn: outside of what was approved is 8 when what was changed before could be taken back") {
  Waiting rig({"db"});
  rig.add_single("db", "v1");
  const Ending ending = rig.apply_while([&] { rig.remove_web(); });
  CHECK(ending.exit_code == 8);
  CHECK(lines(ending) == Texts{"reverted db"});
  CHECK_FALSE(rig.world->thing("sim.single/db"));
  CHECK_FALSE(rig.world->thing("sim.single/web"));
}

TEST_CASE("turn: and 9 when it could not") {
  Waiting rig({"migrate"});
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "upgrade"}});
  const Ending ending = rig.apply_while([&] { rig.remove_web(); });
  CHECK(ending.exit_code == 9);
  CHECK(lines(ending) == Texts{"kept migrate"});
  CHECK_FALSE(rig.world->thing("sim.single/web"));
}

TEST_CASE("turn: a deferred step may create, and is refused when it would do more") {
  StackRig rig;
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}});
  config::Step& web = rig.add_single("web", "v1", {"image"});
  web.inputs["name"] = Unknown{"image", "tag", "${steps.image.tag}"};
  const auto plan = rig.plan();
  REQUIRE(plan);
  CHECK(plan->content.steps.back().status == plan::StepStatus::deferred);
  const Ending ending = rig.apply(*plan);
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.world->log() == Texts{"image make make", "web apply create"});
}
