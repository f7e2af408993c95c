// Steps over many hosts, through plan, run, journal and release.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;

namespace {

std::ptrdiff_t count(const std::vector<std::string>& all, const std::string& start) {
  return std::count_if(all.begin(), all.end(),
                       [&](const std::string& line) { return line.compare(0, start.size(), start) == 0; });
}

config::GateUse gate(const std::string& name) {
  return {.name = name,
          .action = "sim.gate",
          .instance = "sim",
          .inputs = Value::Map{{"name", name}, {"max", 500}}};
}

// Forty hosts with v1 on them, to be moved to v2 in seven waves. app-31 is not well, app-7 and app-23 are
// dead, app-12 drops two connections.
struct Fleet : StackRig {
  Fleet() {
    config::Step& web = add_hosts("web", "v1", 40);
    REQUIRE(apply().exit_code == 0);
    change("p2");
    set_value("web", "v2");
    web.strategy = {.kind = StrategyKind::rolling,
                    .batch = {{1}, {10, true}, {25, true}, {40, true}, {60, true}, {80, true}, {100, true}},
                    .pause = Milliseconds(10'000)};
    web.strategy.skip_unreachable = 2;
    web.retry = {.attempts = 3, .delay = Milliseconds(1'000)};
    web.gates.push_back(gate("p95"));
    auto ill = *world->thing("sim.hosts/web@app-31");
    ill.healthy = false;
    world->put("sim.hosts/web@app-31", ill);
    for (const char* dead : {"app-7", "app-23"})
      world->add({.act = Act::unobservable, .step = "web", .target = dead, .times = 0});
    world->add({.act = Act::fail_before,
                .step = "web",
                .target = "app-12",
                .stage = "switch",
                .times = 2,
                .error = Error{.cause = Cause::network, .message = "connection reset", .retryable = true}});
  }

  std::size_t hosts_with(const std::string& value) {
    std::size_t hosts = 0;
    for (int i = 1; i <= 40; ++i)
      if (value_of("sim.hosts/web@app-" + std::to_string(i)) == value) ++hosts;
    return hosts;
  }
};

} // namespace

TEST_CASE("fleet: the plan says who changes when, unhealthy hosts first, and who is left out") {
  Fleet rig;
  const auto plan = rig.plan();
  REQUIRE(plan);
  const plan::PlannedStep& web = plan->content.steps.at(0);
  REQUIRE(web.waves.size() == 7);
  CHECK(web.targets.at(web.waves[0].at(0)).target.name == "app-31");
  std::vector<std::size_t> sizes;
  for (const auto& wave : web.waves) sizes.push_back(wave.size());
  CHECK(sizes == std::vector<std::size_t>{1, 3, 6, 6, 8, 8, 6});
  CHECK(web.why == "differs: value; cannot be reached: app-7, app-23");
}

TEST_CASE("fleet: a gate that fails behind wave four takes all four back, and says so") {
  Fleet rig;
  rig.world->set_samples("p95", {100, 120, 110, 900});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(ending.outcome == Outcome::rolled_back);
  CHECK(ending.error->message == "gate 'p95': 900, allowed at most 500");
  CHECK(count(lines(ending), "reverted web@") == 16);
  CHECK(ending.world.size() == 16);
  CHECK(rig.hosts_with("v1") == 40);
  CHECK(rig.events.messages("gate_judged") ==
        std::vector<std::string>{"pass behind wave 1 of 7: gate 'p95': 100, allowed at most 500",
                                 "pass behind wave 2 of 7: gate 'p95': 120, allowed at most 500",
                                 "pass behind wave 3 of 7: gate 'p95': 110, allowed at most 500",
                                 "fail behind wave 4 of 7: gate 'p95': 900, allowed at most 500"});
  const auto journal = state::read_journal(ending.journal);
  REQUIRE(journal);
  CHECK(std::count_if(journal->records.begin(), journal->records.end(), [](const state::Record& record) {
          return record.type == state::RecordType::gate;
        }) == 4);
}

TEST_CASE("fleet: hosts out of reach stay behind, exit 9, and the next plan names them") {
  Fleet rig;
  rig.world->set_samples("p95", {100});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  CHECK(count(lines(ending), "changed web@") == 38);
  CHECK(count(lines(ending), "remaining web@") == 2);
  CHECK(rig.hosts_with("v2") == 38);
  REQUIRE(rig.live());
  CHECK(rig.live()->step("web")->behind == std::vector<std::string>{"app-7", "app-23"});

  rig.world->forget_rules(); // the two answer again
  const auto plan = rig.plan();
  REQUIRE(plan);
  CHECK(plan->content.steps.at(0).why == "differs: value; behind: app-7, app-23");
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.hosts_with("v2") == 40);
  CHECK(rig.live()->step("web")->behind.empty());
}

TEST_CASE("fleet: one host more out of reach than may be is an error of the plan") {
  Fleet rig;
  rig.world->add({.act = Act::unobservable, .step = "web", .target = "app-30", .times = 0});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 1);
  CHECK(rig.hosts_with("v1") == 40);
}

TEST_CASE("fleet: a failed host within max_failures is set back, and the next apply moves it") {
  StackRig rig;
  config::Step& web = rig.add_hosts("web", "v1", 3);
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  web.strategy.max_failures = 1;
  rig.world->add({.act = Act::crash_loop, .step = "web", .target = "app-2", .stage = "switch"});
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 9);
  CHECK(lines(ending) ==
        std::vector<std::string>{"changed web@app-1", "remaining web@app-2", "changed web@app-3"});
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v1");
  CHECK(rig.live()->step("web")->behind == std::vector<std::string>{"app-2"});
  CHECK(rig.apply().exit_code == 0);
  CHECK(rig.value_of("sim.hosts/web@app-2") == "v2");
}

TEST_CASE("fleet: a host that was changed while earlier waves went on is not touched") {
  StackRig rig;
  rig.add_hosts("web", "v1", 2);
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  rig.world->on_effect("web", "app-1", [&] {
    auto thing = *rig.world->thing("sim.hosts/web@app-2");
    thing.managed["value"] = "by hand";
    rig.world->put("sim.hosts/web@app-2", thing);
  });
  const Ending ending = rig.apply();
  CHECK(ending.exit_code == 8);
  CHECK(ending.error->cause == Cause::conflict);
  CHECK(lines(ending) == std::vector<std::string>{"reverted web@app-1"});
  CHECK(rig.value_of("sim.hosts/web@app-1") == "v1");
  CHECK(rig.value_of("sim.hosts/web@app-2") == "by hand");
}

TEST_CASE("gates: a gate may be a step, and a step may only judge") {
  StackRig rig;
  rig.add_single("web", "v1");
  rig.add("healthy", "sim.gate", Value::Map{{"name", "healthy"}, {"max", 500}}, {"web"});
  config::Step& judges = rig.pipeline.steps.emplace_back();
  judges.id = "judges";
  judges.kind = Kind::gate;
  judges.needs = {"web"};
  judges.gates.push_back(gate("p95"));
  rig.world->set_samples("healthy", {1});
  SECTION("passing") {
    rig.world->set_samples("p95", {100});
    CHECK(rig.apply().exit_code == 0);
    CHECK(rig.events.messages("gate_judged").size() == 2);
    CHECK_FALSE(rig.plan()->has_changes());
  }
  SECTION("failing") {
    rig.world->set_samples("p95", {900});
    CHECK(rig.apply().exit_code == 8);
    CHECK(rig.value_of("sim.single/web").empty());
  }
}

TEST_CASE("gates: what a pipeline says about samples goes before what the action says") {
  StackRig rig;
  rig.add_single("web", "v1").gates.push_back(gate("p95"));
  config::GateRule& rule = rig.step("web").gates.front().rule;
  SECTION("no data fails at once") {
    rig.world->set_samples("p95", {Value()});
    rule.no_data = config::GateRule::Otherwise::fail;
    const Ending ending = rig.apply();
    CHECK(ending.exit_code == 8);
    CHECK(ending.error->message == "gate 'p95': no data");
  }
  SECTION("no data is waited for, and never a pass") {
    rig.world->set_samples("p95", {Value(), Value(), 100});
    CHECK(rig.apply().exit_code == 0);
  }
  SECTION("too few samples fail nothing") {
    rig.world->set_samples("p95", {900, Value(), 100, 100});
    rule.min_samples = 2;
    CHECK(rig.apply().exit_code == 0);
  }
  SECTION("an error that is waited for") {
    config::Step& judges = rig.pipeline.steps.emplace_back();
    judges.id = "judges";
    judges.kind = Kind::gate;
    judges.needs = {"web"};
    judges.gates.push_back(gate("errors"));
    judges.gates.front().rule.on_error = config::GateRule::Otherwise::wait;
    rig.world->add({.act = Act::unobservable, .step = "judges"});
    CHECK(rig.apply().exit_code == 0);
  }
}

TEST_CASE("fleet: a host left behind stays known to whoever goes on with the run") {
  StackRig rig;
  rig.add_hosts("web", "v1", 3);
  rig.add_single("api", "v1", {"web"});
  REQUIRE(rig.apply().exit_code == 0);
  rig.change("p2");
  rig.set_value("web", "v2");
  rig.set_value("api", "v2");
  rig.step("api").approval = config::ApprovalRule{};
  SECTION("it was out of reach") {
    rig.step("web").strategy.skip_unreachable = 1;
    rig.world->add({.act = Act::unobservable, .step = "web", .target = "app-2", .times = 0});
  }
  SECTION("it failed while it was prepared") {
    rig.step("web").strategy.max_failures = 1;
    rig.world->add({.act = Act::fail_before, .step = "web", .target = "app-2", .stage = "upload"});
  }
  const Ending parked = rig.apply();
  INFO((parked.error ? parked.error->message : ""));
  REQUIRE(parked.exit_code == 6);
  const auto process = rig.process();
  process->environment.approve_step = [](const plan::Plan&, const std::string&, const std::stop_token&) {
    return Approval{.granted = true, .by = "ann", .how = "asked"};
  };
  const Ending ending =
      resume_run(process->environment, rig.pipeline, rig.source, parked.run, {}, rig.options);
  CHECK(ending.exit_code == 9);
  CHECK(count(lines(ending), "changed web@") == 2);
  CHECK(count(lines(ending), "remaining web@app-2") == 1);
  REQUIRE(rig.live());
  CHECK(rig.live()->step("web")->behind == std::vector<std::string>{"app-2"});
}
