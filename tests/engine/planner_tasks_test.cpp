#include <catch2/catch.hpp>

#include "engine/planner_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using plan::StepStatus;

namespace {

// migrate (a task) needs web (a resource); both were released.
struct Released : PlannerRig {
  Released() {
    add("web", "sim.single", Value::Map{{"name", "web"}, {"value", "1"}});
    add("migrate", "sim.opaque", Value::Map{{"name", "db"}, {"command", "up"}}, {"web"});
    release(*make());
  }
  plan::PlannedStep task() { return planned(*make(), "migrate"); }
};

} // namespace

TEST_CASE("planner: a task that succeeded in the live release does not run, and gives its recorded outputs") {
  Released rig;
  CHECK(rig.task().status == StepStatus::unchanged);
  CHECK(*rig.task().outputs.find("answer") == Value("recorded"));
  rig.step("migrate").id = "move";
  CHECK(planned(*rig.make(), "move").status == StepStatus::unchanged);
}

TEST_CASE("planner: a task runs when there is no release, its inputs differ, or it always does") {
  Released rig;
  rig.step("migrate").inputs["command"] = "down";
  CHECK(rig.task().why == "inputs changed: command");
  CHECK(rig.task().waves == std::vector<std::vector<std::size_t>>{{0}});
  rig.step("migrate").inputs["command"] = "up";
  rig.step("migrate").always = true;
  CHECK(rig.task().why == "always runs");
  rig.step("migrate").always = false;
  rig.request.live = nullptr;
  CHECK(rig.task().why == "has not run in the live release");
}

TEST_CASE("planner: a task runs when a step it needs changes something") {
  Released rig;
  rig.step("web").inputs["value"] = "2";
  CHECK(rig.task().why == "needs web, which changes");
  CHECK(rig.task().status == StepStatus::run);
}

TEST_CASE("planner: a task that has no effect does not make others run") {
  PlannerRig rig;
  rig.add("test", "sim.opaque", Value::Map{{"name", "test"}, {"crash", "observe"}}).always = true;
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "db"}}, {"test"});
  rig.release(*rig.make());
  const plan::Plan plan = *rig.make();
  CHECK(planned(plan, "test").status == StepStatus::run);
  CHECK(planned(plan, "migrate").status == StepStatus::unchanged);
}

TEST_CASE("planner: a change of its sources runs a task; they are hashed once a plan") {
  PlannerRig rig;
  std::string hash = "h1";
  int asked = 0;
  rig.request.sources_hash = [&](const std::vector<std::string>&) -> Result<std::string> {
    ++asked;
    return hash;
  };
  rig.add("a", "sim.opaque", Value::Map{{"name", "a"}});
  rig.add("b", "sim.opaque", Value::Map{{"name", "b"}});
  rig.release(*rig.make());
  CHECK(asked == 1);
  CHECK_FALSE(rig.make()->has_changes());
  hash = "h2";
  const plan::Plan approved = *rig.make();
  CHECK(planned(approved, "a").why == "its sources changed");
  hash = "h3";
  const auto stale = check_still_true(approved, rig.request);
  REQUIRE(stale);
  REQUIRE(stale->size() == 2);
  CHECK(to_text(stale->front()) == "a has other inputs or sources than when the plan was made");
}

TEST_CASE("planner: tasks stay as they are in a rollback, and a step that is named by run always runs") {
  Released rig;
  rig.step("migrate").inputs["command"] = "down";
  rig.request.tasks = false;
  CHECK(rig.task().status == StepStatus::unchanged);
  rig.request.tasks = true;
  rig.step("migrate").inputs["command"] = "up";
  rig.request.operation = "run";
  rig.request.only = {"migrate"};
  const plan::Plan plan = *rig.make();
  CHECK(planned(plan, "migrate").why == "asked for");
  CHECK(plan.content.steps.size() == 2);
}

TEST_CASE("planner: a gate is judged when something it needs changes, a lone one when anything does") {
  PlannerRig rig;
  rig.add("healthy", "sim.gate", Value::Map{{"name", "healthy"}, {"max", 1}});
  rig.add("web", "sim.single", Value::Map{{"name", "web"}, {"value", "1"}});
  rig.add("docs", "sim.single", Value::Map{{"name", "docs"}, {"value", "1"}});
  rig.add("p95", "sim.gate", Value::Map{{"name", "p95"}, {"max", 1}}, {"web"});
  rig.add("only-gates", "", Value(), {"docs"});
  rig.release(*rig.make());
  CHECK_FALSE(rig.make()->has_changes());
  rig.step("web").inputs["value"] = "2";
  const plan::Plan plan = *rig.make();
  CHECK(planned(plan, "p95").why == "needs web, which changes");
  CHECK(planned(plan, "healthy").status == StepStatus::run);
  CHECK(planned(plan, "only-gates").status == StepStatus::unchanged);
  CHECK(planned(plan, "healthy").kind == Kind::gate);
}

TEST_CASE("planner: outputs of a step that this environment leaves out are the live release's") {
  Released rig;
  rig.pipeline.steps.erase(rig.pipeline.steps.begin() + 1);
  rig.pipeline.absent = {{.id = "migrate", .why = "environments: [staging]"}};
  rig.step("web").inputs["value"] = reference("migrate", "answer");
  const plan::Plan plan = *rig.make();
  CHECK(*planned(plan, "web").inputs.find("value") == Value("recorded"));
  rig.step("web").inputs["value"] = reference("migrate", "nothing");
  const auto missing = rig.make();
  REQUIRE_FALSE(missing);
  CHECK(missing.error().cause == Cause::config);
}
