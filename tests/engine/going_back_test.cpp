// Going back where it is not simple: over barriers, without artifacts or secrets of then, from a saved plan,
// to a tree without a record, and what remains when an undo fails.
#include <catch2/catch.hpp>

#include "engine/restorable.hpp"
#include "engine/stack_rig.hpp"
#include "plan/risk.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using Texts = std::vector<std::string>;

namespace {

std::string message_of(const Ending& ending) {
  return ending.error ? ending.error->message : "";
}

struct Releases : StackRig {
  void release(const std::string& version) {
    change(version);
    source.commit = std::string(38, 'a') + version;
    source.tree = "tree of " + version;
    for (config::Step& step : pipeline.steps)
      if (step.kind == Kind::resource && step.inputs.find("value")->text()) step.inputs["value"] = version;
    const Ending ending = apply();
    INFO(message_of(ending));
    REQUIRE(ending.exit_code == 0);
  }

  Result<RollbackPlan> plan_back(const std::string& to = {}, const Texts& cross = {}) {
    return rollback_plan(process()->environment, pipeline, source, to, cross);
  }

  Ending go_back(const std::string& to = {}, const Texts& cross = {}) {
    const auto plan = plan_back(to, cross);
    if (!plan) FAIL(plan.error().message);
    return apply_rollback(process()->environment, *plan, source, {});
  }

  state::Release recorded(const std::string& number) {
    return process()->history.find(pipeline.stack(), number).value().value();
  }
};

struct WithMigration : Releases {
  explicit WithMigration(bool older_code_works) {
    add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "1"}}).irreversible =
        config::Irreversible{.why = "columns are dropped", .older_code_works = older_code_works};
    add_single("web", "", {"migrate"});
    release("v1");
    step("migrate").inputs["command"] = "2";
    release("v2");
    release("v3"); // without a migration
  }
};

} // namespace

TEST_CASE("going back: a step that older code does not work with has to be named") {
  WithMigration rig(false);
  CHECK(rig.plan_back("2")); // nothing stands between 3 and 2
  const auto refused = rig.plan_back("1");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().cause == Cause::policy);
  CHECK(refused.error().message ==
        "'migrate' stands between here and release 1, and older code does not work with what it did: columns "
        "are dropped (release 2)");
  CHECK(rig.plan_back("1", {"web"}).error().cause == Cause::config);
  CHECK(rig.plan_back("2", {"migrate"}).error().cause == Cause::config);

  const auto plan = rig.plan_back("1", {"migrate"});
  REQUIRE(plan);
  const auto risks = plan::risks(plan->plan.content);
  REQUIRE_FALSE(risks.empty());
  CHECK(risks.front().kind == plan::RiskKind::crossed);
  CHECK(risks.front().subject == "migrate");
  CHECK(rig.go_back("1", {"migrate"}).exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v1");
}

TEST_CASE("going back: an irreversible step that older code works with is no barrier") {
  WithMigration rig(true);
  CHECK(rig.go_back("1").exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v1");
}

TEST_CASE("going back: a rollback in between did not run the step, so it is no new barrier") {
  WithMigration rig(false);
  REQUIRE(rig.go_back("1", {"migrate"}).exit_code == 0); // release 4
  CHECK(rig.go_back("3").exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v3");
}

TEST_CASE("going back: twice goes further back each time, and over what is quarantined") {
  Releases rig;
  rig.add_single("web", "");
  for (const char* version : {"v1", "v2", "v3", "v4"}) rig.release(version);
  CHECK(rig.go_back().exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v3");
  CHECK(rig.go_back().exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v2");
  CHECK(rig.live()->tree == "tree of v2");
}

TEST_CASE("going back: nothing is built, an artifact that is gone is a refusal") {
  Releases rig;
  rig.source.dirty = GENERATE(false, true);
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}, {"source", "1"}});
  rig.add_single("web", "", {"image"}).inputs["value"] = Unknown{"image", "ref", "${steps.image.ref}"};
  rig.release("v1");
  const std::string first = rig.value_of("sim.single/web");
  const std::string tag = *rig.recorded("1").step("image")->outputs.find("tag")->text();
  rig.step("image").inputs["source"] = "2";
  rig.release("v2");
  REQUIRE(rig.value_of("sim.single/web") != first);
  const auto check = [&] {
    return check_restorable(rig.process()->environment, rig.pipeline, {rig.recorded("1")}).front();
  };
  SECTION("it is there") {
    const auto effects = rig.world->effects().size();
    CHECK(check().missing.empty());
    CHECK(rig.go_back().exit_code == 0);
    CHECK(rig.value_of("sim.single/web") == first);
    CHECK(rig.world->effects().size() == effects + 1);
    CHECK(rig.live()->step("image")->outputs == rig.recorded("1").step("image")->outputs);
  }
  SECTION("it is gone") {
    rig.world->erase("sim.artifact/" + tag);
    const auto refused = rig.plan_back();
    REQUIRE_FALSE(refused);
    CHECK(refused.error().cause == Cause::image_missing);
    REQUIRE(check().missing.size() == 1);
    CHECK(check().missing.front().message == "the artifact of 'image' is not there any more");
  }
}

TEST_CASE("going back: an old value of a secret cannot be brought back, and the plan says so") {
  Releases rig;
  rig.secrets = {{"key", "env://KEY"}};
  rig.pipeline.secrets = {{.name = "key", .reference = "env://KEY"}};
  rig.variables = {{"KEY", "first-value"}};
  rig.add_single("web", "").inputs["secret"] = Secret::reference("key");
  rig.release("v1");
  rig.variables = {{"KEY", "second-value"}};
  rig.release("v2");
  const auto plan = rig.plan_back();
  REQUIRE(plan);
  REQUIRE(plan->plan.content.secrets.size() == 1);
  CHECK(plan->plan.content.secrets.front().change == "kept");
  CHECK(plan::risks(plan->plan.content).back().kind == plan::RiskKind::secret_kept);
  const auto check = [&] {
    return check_restorable(rig.process()->environment, rig.pipeline, {rig.recorded("1")}).front();
  };
  CHECK(check().missing.empty());
  CHECK(check().notes ==
        Texts{"the value that the secret 'key' had then is not kept; it would have today's"});
  SECTION("nothing to say when it is still the same") {
    rig.variables = {{"KEY", "first-value"}};
    CHECK(rig.plan_back()->plan.content.secrets.front().change == "rotated"); // since the live release
    CHECK(check().notes.empty());
  }
  SECTION("a secret that no step uses now is a refusal") {
    rig.secrets.clear();
    rig.pipeline.secrets.clear();
    CHECK(rig.plan_back().error().cause == Cause::not_found);
    CHECK(check().missing.front().message == "the secret 'key' is used by no step now");
  }
  SECTION("one that cannot be read is a finding of its cause") {
    rig.variables.clear();
    CHECK(check().missing.front().cause == Cause::not_found);
  }
}

TEST_CASE("going back: a saved plan is applied exactly, or refused with 7") {
  Releases rig;
  rig.add_single("web", "");
  rig.release("v1");
  rig.release("v2");
  const std::string file = plan::to_file(rig.plan_back()->plan);
  const auto apply_saved = [&] {
    const auto process = rig.process();
    auto saved = saved_rollback(process->environment, rig.pipeline, plan::from_file(file).value());
    REQUIRE(saved);
    ApplyOptions options;
    options.plan_digest = saved->plan.envelope.digest;
    return apply_rollback(process->environment, *saved, rig.source, options);
  };
  SECTION("as it was") {
    CHECK(apply_saved().exit_code == 0);
    CHECK(rig.value_of("sim.single/web") == "v1");
  }
  SECTION("the world was changed") {
    rig.world->put("sim.single/web", {.managed = Value::Map{{"name", "web"}, {"value", "by hand"}}});
    CHECK(apply_saved().exit_code == 7);
  }
  SECTION("another release went live") {
    rig.release("v3");
    CHECK(apply_saved().exit_code == 7);
    CHECK(rig.value_of("sim.single/web") == "v3");
  }
  SECTION("it expired") {
    rig.machine.clock.advance(std::chrono::hours(25));
    CHECK(apply_saved().exit_code == 7);
  }
}

TEST_CASE("going back: to a tree without a record, with what is live now removed and no task run") {
  Releases rig;
  rig.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "2"}});
  rig.add_single("web", "");
  rig.add_single("added", "");
  rig.release("v2");
  StackRig old; // what the tree at the tag says
  config::Pipeline tree = old.pipeline;
  old.add("migrate", "sim.opaque", Value::Map{{"name", "migrate"}, {"command", "1"}});
  old.add_single("web", "v1");
  tree.steps = old.pipeline.steps;
  tree.digest = "v1";
  tree.release_version = "v1";
  Source source = rig.source;
  source.version = "v1";
  source.commit = std::string(40, 'e');
  const auto plan = rollback_plan_to_tree(rig.process()->environment, tree, source);
  REQUIRE(plan);
  CHECK(plan->plan.content.target_release.empty());
  const Ending ending = apply_rollback(rig.process()->environment, *plan, source, {});
  INFO(message_of(ending));
  REQUIRE(ending.exit_code == 0);
  CHECK(rig.value_of("sim.single/web") == "v1");
  CHECK_FALSE(rig.world->thing("sim.single/added"));
  const auto log = rig.world->log();
  CHECK(std::count(log.begin(), log.end(), "migrate run run") == 1);
  CHECK(rig.live()->version == "v1");
  CHECK(rig.live()->step("migrate")->task_fingerprint.empty()); // it did not run
  CHECK(rig.recorded("1").quarantined);
  CHECK(rig.apply().exit_code == 10);
}

TEST_CASE("going back: what failed goes back across providers, the newest first") {
  Releases rig;
  rig.add("alias", "sim.weighted", Value::Map{{"name", "alias"}, {"value", ""}});
  rig.add_single("rule", "", {"alias"});
  rig.add("tool", "sim.subprocess", Value::Map{{"name", "tool"}, {"value", ""}}, {"rule"});
  rig.add_hosts("web", "", 2, {"tool"});
  rig.release("v1");
  rig.change("v2");
  for (config::Step& step : rig.pipeline.steps) step.inputs["value"] = "v2";
  const auto before = rig.world->log().size();
  SECTION("all of it") {
    rig.world->add({.act = Act::fail_before, .step = "web", .target = "app-2", .stage = "switch"});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 8);
    Texts back;
    const Texts log = rig.world->log();
    for (std::size_t i = before; i < log.size(); ++i)
      if (log[i].ends_with("restore")) back.push_back(log[i]);
    REQUIRE(back.size() > 3);
    CHECK(back.front().starts_with("web/"));
    back.erase(back.begin(), back.end() - 3);
    CHECK(back == Texts{"tool restore restore", "rule restore restore", "alias restore restore"});
    for (const char* thing : {"sim.weighted/alias", "sim.single/rule", "sim.subprocess/tool"})
      CHECK(rig.value_of(thing) == "v1");
  }
  SECTION("an undo that fails is 9 with what remains and what to do by hand") {
    rig.world->add({.act = Act::fail_before, .step = "web", .stage = "switch"});
    rig.world->add({.act = Act::fail_before, .step = "rule", .stage = "restore", .times = 0});
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 9);
    std::map<std::string, std::string> remaining;
    for (const WorldLine& line : ending.world)
      if (line.kind == WorldLine::Kind::remaining) remaining[line.step] = line.detail;
    CHECK(remaining["rule"] == "the simulated effect failed; by hand: value back to \"v1\"");
    CHECK(remaining["alias"] ==
          "a step that needs it could not be taken back; by hand: value back to \"v1\"");
    CHECK(remaining.size() == 2);
  }
}
