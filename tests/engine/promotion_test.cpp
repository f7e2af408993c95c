#include <catch2/catch.hpp>

#include "engine/build.hpp"
#include "engine/promotion.hpp"
#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Texts = std::vector<std::string>;

namespace {

// A test, the image that needs it, and what runs the image; of one source in two environments.
struct TwoEnvironments : StackRig {
  TwoEnvironments() {
    source.tree = "tree-1";
    add("test", "sim.opaque", Value::Map{{"name", "test"}, {"command", "pytest"}, {"crash", "observe"}});
    add("image", "sim.artifact", Value::Map{{"name", "app"}, {"source", "v1"}}, {"test"});
    add_single("web", "", {"image"}).inputs["value"] = Unknown{"image", "ref", "${steps.image.ref}"};
    stand_in("staging");
  }

  void stand_in(const std::string& environment) {
    pipeline.environment = environment;
    pipeline.from = environment == "production" ? "staging" : "";
    step("web").inputs["name"] = "web-" + environment;
  }

  [[nodiscard]] int times(const std::string& effect) const {
    const Texts log = world->log();
    return static_cast<int>(std::count(log.begin(), log.end(), effect));
  }
};

std::string message_of(const Ending& ending) {
  return ending.error ? ending.error->message : "";
}

} // namespace

TEST_CASE("promotion: artifacts and the tasks only they need are taken from where this source was proven") {
  TwoEnvironments rig;
  REQUIRE(rig.apply().exit_code == 0);
  const auto staging = rig.live();
  rig.source.commit = std::string(40, 'b'); // a merge commit of the same tree
  rig.stand_in("production");
  const auto plan = rig.plan();
  REQUIRE(plan);
  CHECK(plan->content.promoted_from == "staging");
  const Ending ending = rig.apply(*plan);
  INFO(message_of(ending));
  REQUIRE(ending.exit_code == 0);
  CHECK(rig.times("test run run") == 1);
  CHECK(rig.times("image make make") == 1);
  CHECK(rig.value_of("sim.single/web-production") == rig.value_of("sim.single/web-staging"));
  CHECK(rig.live()->promoted_from == "staging");
  CHECK(rig.live()->promoted_release == staging->id);
  CHECK(rig.live()->step("image")->outputs == staging->step("image")->outputs);
  CHECK_FALSE(rig.plan()->has_changes());
}

TEST_CASE("promotion: without a good release of this source it is refused before anything") {
  TwoEnvironments rig;
  rig.source.dirty = GENERATE(false, true);
  REQUIRE(rig.apply().exit_code == 0);
  const bool dirty = std::exchange(rig.source.dirty, false);
  const auto effects = rig.world->effects().size();
  std::string why = "that has no good release of this source";
  SECTION("of another tree") {
    rig.source.tree = "tree-2";
  }
  SECTION("quarantined") {
    const auto id = rig.live()->id;
    REQUIRE(rig.process()->history.set_quarantine(id, true, "it leaks"));
  }
  SECTION("outside a repository") {
    rig.source.tree.clear();
    why = "outside a git repository nobody can tell which source was proven";
  }
  SECTION("that was deployed with uncommitted changes") {
    if (!dirty) return;
  }
  rig.stand_in("production");
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 6);
  CHECK(message_of(ending) == "'production' takes its artifacts from 'staging', and " + why);
  CHECK(rig.world->effects().size() == effects);
}

TEST_CASE("promotion: an artifact that the other environment never had is refused by name") {
  TwoEnvironments rig;
  REQUIRE(rig.apply().exit_code == 0);
  rig.stand_in("production");
  rig.add("worker", "sim.artifact", Value::Map{{"name", "worker"}});
  CHECK(message_of(rig.apply()) ==
        "'production' takes its artifacts from 'staging', and its release 1 has no 'worker'");
}

TEST_CASE("promotion: --from names another environment, --no-from makes artifacts here and says why") {
  TwoEnvironments rig;
  rig.stand_in("production");
  SECTION("no-from") {
    rig.options.no_from = "staging is down";
    const Ending ending = rig.apply();
    INFO(message_of(ending));
    CHECK(ending.exit_code == 0);
    CHECK(rig.live()->no_from == "staging is down");
    CHECK(rig.times("image make make") == 1);
  }
  SECTION("no-from without from") {
    rig.pipeline.from.clear();
    rig.options.no_from = "why not";
    CHECK(rig.apply().exit_code == 3);
  }
  SECTION("from") {
    rig.stand_in("preview");
    REQUIRE(rig.apply().exit_code == 0);
    rig.stand_in("production");
    rig.options.from = "preview";
    CHECK(rig.apply().exit_code == 0);
    CHECK(rig.live()->promoted_from == "preview");
  }
}

TEST_CASE("promotion: tasks that something else needs, too, or that nothing needs, do run") {
  TwoEnvironments rig;
  const auto add_task = [&](const std::string& id, Texts needs) {
    rig.add(id, "sim.opaque", Value::Map{{"name", id}, {"command", "x"}}, std::move(needs));
  };
  add_task("fetch", {});
  rig.step("test").needs = {"fetch"};
  add_task("report", {"web"});
  add_task("shared", {});
  rig.step("image").needs = {"test", "shared"};
  rig.step("web").needs = {"image", "shared"};
  CHECK(tasks_only_for(rig.pipeline, {"image"}) == Texts{"test", "fetch"});
}

TEST_CASE("build: artifacts are made before the plan, once, and a protected environment is content") {
  TwoEnvironments rig;
  rig.pipeline.is_protected = true;
  rig.source.dirty = GENERATE(false, true); // what is not committed is never found again
  const Ending refused = rig.apply();
  CHECK(refused.exit_code == 6);
  CHECK(refused.error->help == "make artifacts first: deployctl plan staging --build");

  const Build build = build_artifacts(rig.process()->environment, rig.pipeline, rig.source, rig.options);
  INFO(message_of(build.ending));
  REQUIRE(build.ending.exit_code == 0);
  CHECK_FALSE(rig.live());
  CHECK(build.outputs.count("image") == 1);
  rig.options.made = build.outputs;
  const auto plan = rig.plan();
  REQUIRE(plan);
  rig.options.made.clear(); // a saved plan says itself what was made for it
  const Ending ending = rig.apply(plan::from_file(plan::to_file(*plan)).value());
  INFO(message_of(ending));
  CHECK(ending.exit_code == 0);
  CHECK(rig.times("image make make") == 1);
  CHECK(rig.times("test run run") == 1);
  if (!rig.source.dirty) CHECK_FALSE(rig.plan()->has_changes());
}

TEST_CASE("build: what would change the world before an artifact is refused") {
  TwoEnvironments rig;
  rig.add_single("database", "v1");
  rig.step("test").needs = {"database"};
  const Build build = build_artifacts(rig.process()->environment, rig.pipeline, rig.source, rig.options);
  CHECK(build.ending.exit_code == 3);
  CHECK(message_of(build.ending) ==
        "artifacts cannot be made beforehand: they need 'database', which would change something");
  CHECK(rig.world->effects().empty());
}

TEST_CASE("build: an artifact that cannot be made ends it, and nothing was deployed") {
  TwoEnvironments rig;
  rig.world->add({.act = simulated::Act::fail_before, .step = "image", .times = 0});
  const Build build = build_artifacts(rig.process()->environment, rig.pipeline, rig.source, rig.options);
  CHECK(build.ending.exit_code == 1);
  CHECK(build.outputs.empty());
  CHECK_FALSE(rig.world->thing("sim.single/web-staging"));
}
