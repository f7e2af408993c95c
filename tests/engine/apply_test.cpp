#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <thread>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;
using Texts = std::vector<std::string>;

TEST_CASE("apply: what is wanted goes live, is recorded, and a second apply has nothing to do") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_hosts("web", "v1", 2, {"db"});
  const Ending first = rig.apply();
  INFO((first.error ? first.error->message : ""));
  CHECK(first.exit_code == 0);
  CHECK(first.outcome == Outcome::succeeded);
  CHECK(lines(first) == Texts{"changed db", "changed web@app-1", "changed web@app-2"});
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
  REQUIRE(rig.live());
  CHECK(rig.live()->id == first.release);
  CHECK(rig.live()->number == 1);
  CHECK(rig.live()->steps.size() == 2);
  CHECK(rig.cell().pending_run.empty());
  CHECK_FALSE(rig.cell().holder);

  const auto before = rig.world->effects().size();
  const Ending second = rig.apply();
  CHECK(second.exit_code == 0);
  CHECK(second.outcome == Outcome::nothing_to_do);
  CHECK(rig.world->effects().size() == before);
}

TEST_CASE("apply: outputs of a step become inputs of the next") {
  StackRig rig;
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}});
  config::Step& web = rig.add_single("web", "", {"image"});
  web.inputs["value"] = Unknown{"image", "ref", "${steps.image.ref}"};
  const Ending ending = rig.apply();
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.value_of("sim.single/web").rfind("app@sha256:", 0) == 0);
  CHECK(rig.live()->step("web")->inputs.find("value")->text()->rfind("app@sha256:", 0) == 0);
}

TEST_CASE("apply: a failure takes everything of this run back and says so with 8") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_hosts("web", "v1", 3, {"db"});
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("db", "v2");
  rig.set_value("web", "v2");
  rig.world->add({.act = Act::fail_before, .step = "web", .target = "app-2", .stage = "switch"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(ending.outcome == Outcome::rolled_back);
  CHECK(ending.error->cause == Cause::command_failed);
  CHECK(ending.error->frames == Texts{"in step 'web'"});
  CHECK(rig.value_of("sim.single/db") == "v1");
  for (const std::string host : {"app-1", "app-2", "app-3"})
    CHECK(rig.value_of("sim.hosts/web@" + host) == "v1");
  CHECK(rig.live()->number == 1);
  CHECK(rig.cell().pending_run.empty());
  // A run that failed and was reverted never became a release and may be tried again.
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v2");
}

TEST_CASE("apply: a target that was lost when its change was made is found so and not changed again") {
  StackRig rig;
  rig.add_hosts("web", "v1", 3);
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  rig.world->add({.act = Act::lose_answer, .step = "web", .target = "app-2", .stage = "switch"});
  const auto before = rig.world->effects().size();
  const Ending ending = rig.apply();
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  for (const char* host : {"app-1", "app-2", "app-3"})
    CHECK(rig.value_of(std::string("sim.hosts/web@") + host) == "v2");
  const auto& effects = rig.world->effects();
  CHECK(std::count_if(
            effects.begin() + static_cast<std::ptrdiff_t>(before), effects.end(),
            [](const auto& effect) { return effect.target == "app-2" && effect.stage == "switch"; }) == 1);
}

TEST_CASE("apply: a command that was lost and that nobody can ask about has failed") {
  StackRig rig;
  rig.add("once", "sim.opaque", Value::Map{{"name", "once"}, {"command", "migrate"}});
  rig.world->add({.act = Act::lose_answer, .step = "once"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  REQUIRE(ending.error);
  CHECK(ending.error->message.find("the connection was lost") != std::string::npos);
}

TEST_CASE("apply: what was created in a failed run is removed again") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  rig.world->add({.act = Act::fail_after, .step = "web"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(rig.world->things().empty());
  CHECK(rig.cell().current_release.empty());
}

TEST_CASE("apply: a failure before any effect is 1, or 4 when it is about rights") {
  StackRig rig;
  rig.add_hosts("web", "v1", 2);
  Error error{.cause = Cause::command_failed, .message = "no space"};
  SECTION("1") {
    CHECK(error.cause == Cause::command_failed);
  }
  SECTION("4") {
    error.cause = Cause::permission;
  }
  rig.world->add({.act = Act::fail_before, .step = "web", .stage = "upload", .error = error});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == (error.cause == Cause::permission ? 4 : 1));
  CHECK(ending.outcome == Outcome::failed);
  CHECK(ending.world.empty());
}

TEST_CASE("apply: a target that does not get ready goes back, all its waves too") {
  StackRig rig;
  rig.add_hosts("web", "v1", 2);
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  rig.world->add({.act = Act::never_ready, .step = "web", .target = "app-2", .stage = "switch", .times = 0});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(ending.error->cause == Cause::probe_failing);
  CHECK(ending.error->message == "not ready within 30s: status 503, wanted 200");
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v1");
}

TEST_CASE("apply: a gate that fails takes back") {
  StackRig rig;
  config::Step& web = rig.add_single("web", "v1");
  web.gates.push_back({.name = "p95",
                       .action = "sim.gate",
                       .instance = "sim",
                       .inputs = Value::Map{{"name", "p95"}, {"max", 500}}});
  rig.world->set_samples("p95", {Value(900)});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(ending.error->cause == Cause::gate_failed);
  CHECK(ending.error->message == "gate 'p95': 900, allowed at most 500");
  CHECK(rig.world->things().empty());

  rig.world->set_samples("p95", {Value(100)});
  CHECK(rig.apply().exit_code == 0);
}

TEST_CASE("apply: a task that cannot be undone is kept and listed with 9") {
  StackRig rig;
  rig.add("migrate", "sim.opaque", Value::Map{{"command", "upgrade"}, {"name", "migrate"}});
  rig.add_single("web", "v1", {"migrate"});
  rig.world->add({.act = Act::fail_before, .step = "web"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  CHECK(ending.outcome == Outcome::mixed);
  CHECK(lines(ending).front() == "kept migrate");
}

TEST_CASE("apply: a step that cannot go back is named with 9") {
  StackRig rig;
  rig.add_single("db", "v1");
  rig.add_single("web", "v1", {"db"});
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("db", "v2");
  rig.set_value("web", "v2");
  rig.world->add({.act = Act::fail_after, .step = "web", .stage = "apply"});
  rig.world->add({.act = Act::fail_before, .step = "web", .stage = "restore", .times = 0});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  CHECK(lines(ending) == Texts{"remaining db", "remaining web"});
}

TEST_CASE("apply: nobody approves, nothing happens: 6 before the lock") {
  StackRig rig;
  rig.add_single("web", "v1");
  const auto process = rig.process();
  process->environment.approve = {};
  const Ending ending = apply(process->environment, rig.pipeline, rig.source, std::nullopt, {});
  CHECK(ending.exit_code == 6);
  CHECK(rig.world->effects().empty());
  CHECK(rig.cell().epoch == 0);
}

TEST_CASE("apply: another run holds the lock: 5, naming it; with policy skip 0") {
  StackRig rig;
  rig.add_single("web", "v1");
  const auto holder = rig.process();
  const auto stack = holder->state.stack(rig.pipeline.stack()).value();
  auto held =
      state::acquire(stack, state::this_process("01RUN", "apply production", "2026-01-01T00:00:00Z", {}),
                     rig.machine.clock, std::nullopt, {});
  REQUIRE(held);
  REQUIRE(std::holds_alternative<state::LockGuard>(*held));
  SECTION("fail") {
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 5);
    CHECK(ending.error->message.find("01RUN") != std::string::npos);
  }
  SECTION("skip") {
    rig.options.lock_policy = LockPolicy::skip;
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 0);
    CHECK(ending.outcome == Outcome::skipped);
  }
  SECTION("wait") {
    rig.options.lock_policy = LockPolicy::wait;
    rig.options.lock_wait = std::chrono::seconds(30);
    const std::jthread time([&](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        if (!rig.events.messages("lock_waiting").empty())
          rig.machine.clock.advance(std::chrono::milliseconds(100));
        std::this_thread::yield();
      }
    });
    CHECK(rig.apply().exit_code == 5);
    const Texts beats = rig.events.messages("heartbeat");
    REQUIRE_FALSE(beats.empty());
    CHECK_THAT(beats.front(), Catch::StartsWith("still waiting for the lock, "));
  }
  CHECK(rig.world->effects().empty());
}

TEST_CASE("apply: a saved plan is refused with 7 when it no longer holds") {
  StackRig rig;
  rig.add_single("web", "v1");
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  auto saved = rig.plan();
  REQUIRE(saved);
  SECTION("and is applied when it does") {
    CHECK(rig.apply(*saved).exit_code == 0);
  }
  SECTION("the pipeline was changed") {
    rig.change("p3");
    CHECK(rig.apply(*saved).exit_code == 7);
  }
  SECTION("the world was changed") {
    rig.world->put("sim.single/web", {.managed = Value::Map{{"name", "web"}, {"value", "by hand"}}});
    const Ending ending = rig.apply(*saved);
    CHECK(ending.exit_code == 7);
    CHECK(ending.error->message.find("web") != std::string::npos);
  }
  SECTION("another release went live") {
    REQUIRE(rig.apply().exit_code == 0);
    CHECK(rig.apply(*saved).exit_code == 7);
  }
  SECTION("it expired") {
    rig.machine.clock.advance(std::chrono::hours(25));
    CHECK(rig.apply(*saved).exit_code == 7);
  }
}

TEST_CASE("apply: only allowed branches, tags and clean trees") {
  StackRig rig;
  rig.add_single("web", "v1");
  rig.pipeline.allow = config::Allow{.branches = {"main"}, .tags = {"v*"}, .clean = true};
  SECTION("as allowed") {
    CHECK(rig.apply().exit_code == 0);
  }
  SECTION("another branch") {
    rig.source.branch = "wild";
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 6);
    CHECK(ending.error->cause == Cause::policy);
  }
  SECTION("another branch, but a tag") {
    rig.source.branch = "wild";
    rig.source.tags = {"v1.2.0"};
    CHECK(rig.apply().exit_code == 0);
  }
  SECTION("dirty") {
    rig.source.dirty = true;
    CHECK(rig.apply().exit_code == 6);
  }
}

TEST_CASE("apply: secrets reach the target and no record") {
  StackRig rig;
  rig.secrets = {{"key", "env://KEY"}};
  rig.variables = {{"KEY", "sentinel-4711-value"}};
  config::Step& web = rig.add_single("web", "v1");
  web.inputs["secret"] = Secret::reference("key");
  const Ending ending = rig.apply();
  INFO((ending.error ? ending.error->message : ""));
  REQUIRE(ending.exit_code == 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(rig.folder.path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    INFO(entry.path());
    CHECK(bytes.find("sentinel-4711-value") == std::string::npos);
  }
}

TEST_CASE("apply: finally runs once for the results it names and changes nothing about the ending") {
  StackRig rig;
  rig.add_single("web", "v1");
  config::Step report;
  report.id = "report";
  report.action = "sim.opaque";
  report.kind = Kind::task;
  report.instance = "sim";
  report.inputs = Value::Map{{"name", "report"}, {"command", "collect"}};
  report.results = {"failed", "rolled_back"};
  rig.pipeline.finally.push_back(report);
  SECTION("not after success") {
    CHECK(rig.apply().exit_code == 0);
    CHECK(rig.world->log() == Texts{"web apply create"});
  }
  SECTION("after a failure") {
    rig.world->add({.act = Act::fail_after, .step = "web"});
    CHECK(rig.apply().exit_code == 8);
    CHECK(rig.world->log() == Texts{"web apply create", "web remove remove", "finally:report run run"});
  }
  SECTION("also when the live release did the same as a step") {
    rig.add("first", "sim.opaque", report.inputs);
    rig.pipeline.finally.front().results.clear();
    CHECK(rig.apply().exit_code == 0);
    rig.change("p2");
    rig.step("web").inputs["value"] = "v2";
    CHECK(rig.apply().exit_code == 0);
    CHECK(rig.world->log().back() == "finally:report run run");
  }
  SECTION("its own failure does not count") {
    rig.pipeline.finally.front().results.clear();
    rig.world->add({.act = Act::fail_before, .step = "finally:report"});
    CHECK(rig.apply().exit_code == 0);
  }
}

TEST_CASE("apply: a host that may fail is left behind, and the ending is 9") {
  StackRig rig;
  rig.add_hosts("web", "v1", 3).strategy.max_failures = 1;
  rig.world->add({.act = Act::fail_before, .step = "web", .target = "app-2", .stage = "switch"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  CHECK(lines(ending) == Texts{"changed web@app-1", "changed web@app-3", "remaining web@app-2"});
  CHECK(rig.live()->outcome == state::ReleaseOutcome::mixed);
  const Ending again = rig.apply();
  CHECK(again.exit_code == 0);
  CHECK(lines(again) == Texts{"changed web@app-2"});
}

TEST_CASE("apply: pruned steps are removed, without prune they are left and stay recorded") {
  StackRig rig;
  rig.add_single("old", "v1");
  rig.add_single("web", "v1");
  REQUIRE(rig.apply().exit_code == 0);
  rig.pipeline.steps.erase(rig.pipeline.steps.begin());
  rig.change("p2");
  rig.set_value("web", "v2");
  SECTION("left") {
    REQUIRE(rig.apply().exit_code == 0);
    CHECK(rig.value_of("sim.single/old") == "v1");
    CHECK(rig.live()->step("old"));
  }
  SECTION("pruned") {
    rig.options.prune = true;
    const Ending ending = rig.apply();
    INFO((ending.error ? ending.error->message : ""));
    REQUIRE(ending.exit_code == 0);
    CHECK_FALSE(rig.world->thing("sim.single/old"));
    CHECK_FALSE(rig.live()->step("old"));
  }
}

TEST_CASE("run: tasks with what they need, without a lock or a release") {
  StackRig rig;
  rig.add("test", "sim.opaque", Value::Map{{"name", "test"}, {"command", "pytest"}});
  rig.add_single("web", "v1", {"test"});
  const auto process = rig.process();
  const Ending ending = run_steps(process->environment, rig.pipeline, rig.source, {"test"}, {});
  INFO((ending.error ? ending.error->message : ""));
  CHECK(ending.exit_code == 0);
  CHECK(rig.world->log() == Texts{"test run run"});
  CHECK(rig.cell().epoch == 0);
  CHECK(rig.cell().current_release.empty());
}
