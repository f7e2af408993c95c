#include <catch2/catch.hpp>

#include "engine/planner_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using plan::StepStatus;

namespace {

// web waits for image, which has to be made.
struct Waiting : PlannerRig {
  Value outputs = Value::Map{{"ref", "app@sha256:1"}, {"tag", "t1"}};
  plan::Plan approved;

  Waiting() {
    add("image", "sim.artifact", Value::Map{{"name", "app"}});
    add("web", "sim.single", Value::Map{{"name", "web"}, {"value", reference("image", "ref")}}, {"image"});
    world->put("sim.single/web", {.managed = Value::Map{{"name", "web"}, {"value", "old"}}});
    approved = *make();
  }

  Result<plan::PlannedStep> turn() {
    return replan_step(request,
                       {.step = step("web"),
                        .outputs = [this](std::string_view id) { return id == "image" ? &outputs : nullptr; },
                        .needs_changed = true},
                       planned(approved, "web"));
  }
};

} // namespace

TEST_CASE("planner: at its turn a step is planned with what is known now") {
  Waiting rig;
  const auto web = rig.turn();
  REQUIRE(web);
  CHECK(web->unknown.empty());
  CHECK(*web->inputs.find("value") == Value("app@sha256:1"));
  CHECK(web->targets.at(0).change.action == Action::update);
  CHECK_FALSE(web->targets.at(0).change.stages.empty());
}

TEST_CASE("planner: at its turn a step may turn out to be done") {
  Waiting rig;
  rig.outputs["ref"] = "old";
  const auto web = rig.turn();
  REQUIRE(web);
  CHECK(web->status == StepStatus::unchanged);
}

TEST_CASE("planner: at its turn a step that would do something else is refused with the differences") {
  Waiting rig;
  rig.world->erase("sim.single/web");
  const auto web = rig.turn();
  REQUIRE_FALSE(web);
  CHECK(web.error().cause == Cause::conflict);
  CHECK(web.error().evidence == std::vector<std::string>{"action is create, approved was update"});
}

TEST_CASE("planner: a plan that still holds has no differences") {
  Waiting rig;
  CHECK(check_still_true(rig.approved, rig.request)->empty());
}

TEST_CASE("planner: drift, another release, another pipeline and rotated secrets are found and named") {
  Waiting rig;
  const auto differences = [&] {
    std::vector<std::string> result;
    const auto found = check_still_true(rig.approved, rig.request);
    REQUIRE(found);
    for (const plan::Stale& stale : *found) result.push_back(to_text(stale));
    return result;
  };
  rig.world->put("sim.single/web", {.managed = Value::Map{{"name", "web"}, {"value", "by hand"}}});
  CHECK(differences() == std::vector<std::string>{"web was changed since the plan was made: value"});
  rig.live.id = "release-1";
  rig.request.live = &rig.live;
  rig.pipeline.digest = "p2";
  rig.approved.content.secrets = {{.name = "db", .reference = {}, .version = "v1", .change = {}}};
  CHECK(differences() == std::vector<std::string>{"the pipeline or its inputs have changed",
                                                  "another release is live now",
                                                  "the secret 'db' was changed since the plan was made",
                                                  "web was changed since the plan was made: value"});
}
