#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using Texts = std::vector<std::string>;

namespace {

Result<RollbackPlan> plan_back(StackRig& rig, const std::string& to = {}) {
  return rollback_plan(rig.process()->environment, rig.pipeline, rig.source, to);
}

Ending go_back(StackRig& rig, const std::string& to = {}) {
  const auto plan = plan_back(rig, to);
  if (!plan) FAIL(plan.error().message);
  return apply_rollback(rig.process()->environment, *plan, rig.source, {});
}

void release(StackRig& rig, const std::string& version) {
  rig.change(version);
  rig.source.commit = std::string(38, 'a') + version; // a commit each
  for (config::Step& step : rig.pipeline.steps)
    if (step.kind == Kind::resource) step.inputs["value"] = version;
  const Ending ending = rig.apply();
  INFO((ending.error ? ending.error->message : ""));
  REQUIRE(ending.exit_code == 0);
}

} // namespace

TEST_CASE("rollback: to the last good release, as a new release, without running tasks") {
  StackRig rig;
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "upgrade"}});
  rig.add_hosts("web", "", 2, {"migrate"});
  release(rig, "v1");
  rig.step("migrate").inputs["command"] = "upgrade again";
  release(rig, "v2");
  const auto plan = plan_back(rig);
  REQUIRE(plan);
  CHECK(plan->plan.content.operation == "rollback");
  CHECK(plan->plan.content.version == "v1");
  const auto tasks_before = rig.world->log();
  const Ending ending = go_back(rig);
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v1");
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
  const auto after = rig.world->log();
  CHECK(std::count(after.begin() + static_cast<long>(tasks_before.size()), after.end(), "migrate run run") ==
        0);
  const auto live = rig.live();
  REQUIRE(live);
  CHECK(live->number == 3);
  CHECK(live->operation == "rollback");
  // What the release gone back to says of its tasks is true again: applying its inputs runs nothing.
  const auto first = rig.process()->history.find("shop/production", "1").value();
  CHECK(live->step("migrate")->task_fingerprint == first->step("migrate")->task_fingerprint);
  CHECK(live->step("migrate")->inputs == first->step("migrate")->inputs);
  CHECK(live->rolled_back_to == rig.process()->history.find("shop/production", "1").value()->id);
  // The release that was left is quarantined: its commit is not applied again by accident.
  CHECK(rig.process()->history.find("shop/production", "2").value()->quarantined);
  CHECK(rig.apply().exit_code == 10);
}

TEST_CASE("rollback: by number and by version") {
  StackRig rig;
  rig.add_single("web", "");
  release(rig, "v1");
  release(rig, "v2");
  release(rig, "v3");
  SECTION("number") {
    CHECK(go_back(rig, "1").exit_code == 0);
  }
  SECTION("version") {
    CHECK(go_back(rig, "v1").exit_code == 0);
  }
  CHECK(rig.value_of("sim.single/web") == "v1");
}

TEST_CASE("rollback: a step added since is removed, one that is gone since comes back") {
  StackRig rig;
  rig.add_single("old", "");
  release(rig, "v1");
  rig.pipeline.steps.clear();
  rig.add_single("new", "");
  rig.options.prune = true;
  release(rig, "v2");
  REQUIRE_FALSE(rig.world->thing("sim.single/old"));
  const Ending ending = go_back(rig);
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.value_of("sim.single/old") == "v1");
  CHECK_FALSE(rig.world->thing("sim.single/new"));
}

TEST_CASE("rollback: gates are judged again, and a failure leaves what was live") {
  StackRig rig;
  config::Step& web = rig.add_single("web", "");
  web.gates.push_back({.name = "p95",
                       .action = "sim.gate",
                       .instance = "sim",
                       .inputs = Value::Map{{"name", "p95"}, {"max", 500}}});
  rig.world->set_samples("p95", {Value(1)});
  release(rig, "v1");
  release(rig, "v2");
  rig.world->set_samples("p95", {Value(900)});
  const Ending ending = go_back(rig);
  CHECK(ending.exit_code == 8);
  CHECK(rig.value_of("sim.single/web") == "v2");
  CHECK(rig.live()->version == "v2");
}

TEST_CASE("rollback: what has no record is a precise refusal") {
  StackRig rig;
  rig.add_single("web", "v1");
  const auto none = plan_back(rig);
  REQUIRE_FALSE(none);
  CHECK(none.error().cause == Cause::not_found);
  CHECK(none.error().message == "'shop/production' has no recorded release to go back from");
  release(rig, "v1");
  CHECK(plan_back(rig).error().message == "'shop/production' has no good release before 1");
  CHECK(plan_back(rig, "v9").error().message == "'shop/production' has no recorded release 'v9'");
}

TEST_CASE("status: drift is told although an artifact of the live release is gone") {
  StackRig rig;
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}, {"sources", "v1"}});
  rig.add_single("web", "v1", {"image"});
  REQUIRE(rig.apply().exit_code == 0);
  for (const auto& [name, thing] : rig.world->things())
    if (name.find("sim.artifact/") == 0) rig.world->erase(name);
  auto web = *rig.world->thing("sim.single/web");
  web.managed["value"] = "by hand";
  rig.world->put("sim.single/web", web);
  CHECK_FALSE(plan_back(rig, rig.live()->id));
  const auto plan = plan_as_released(rig.process()->environment, rig.pipeline, rig.source);
  if (!plan) FAIL(plan.error().message);
  const auto same = [](const plan::PlannedStep& step) { return step.id == "web"; };
  const auto step = std::find_if(plan->content.steps.begin(), plan->content.steps.end(), same);
  REQUIRE(step != plan->content.steps.end());
  REQUIRE(step->targets.size() == 1);
  CHECK(step->targets[0].change.action == Action::update);
}

TEST_CASE("rollback: a version that is nearly right is answered with those there are") {
  StackRig rig;
  rig.add_single("web", "");
  release(rig, "v1.4.0");
  release(rig, "v1.5.0");
  const auto plan = plan_back(rig, "v1.40");
  REQUIRE_FALSE(plan);
  CHECK_THAT(plan.error().help, Catch::Contains("'v1.4.0'"));
}
