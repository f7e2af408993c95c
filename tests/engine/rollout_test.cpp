// Roll-outs as the scheduler sees them: baking, gates over time, hosts that fail or cannot be reached, and
// how many may be out of service.
#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/scheduler_bench.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Log = std::vector<std::string>;

namespace {

using At = TargetStanding::Effect;

Work hosts(std::size_t count, std::size_t at_once) {
  Work work;
  for (std::size_t i = 0; i < count; ++i) {
    work.targets.push_back({.name = "app-" + std::to_string(i + 1), .stages = {Stage{.name = "switch"}}});
    if (i % at_once == 0) work.waves.emplace_back();
    work.waves.back().push_back(i);
  }
  return work;
}

struct Web {
  StepWork step{.id = "web"};
  Work work = hosts(4, 1);

  SchedulerBench bench() const {
    SchedulerBench made({.steps = {step}});
    made.turn = [work = work](std::size_t) { return work; };
    return made;
  }
};

std::function<std::optional<Error>(const std::string&)> failing(std::vector<std::string> stages) {
  return [stages = std::move(stages)](const std::string& stage) {
    const bool fails = std::find(stages.begin(), stages.end(), stage) != stages.end();
    return fails ? std::optional(Error{.cause = Cause::command_failed, .message = "it broke"}) : std::nullopt;
  };
}

// Answers one verdict after the other, the last one for ever; a sample a second, for ten seconds at most.
struct Verdicts {
  std::vector<Verdict::State> states;
  Milliseconds lasts{0};
  bool error_waits = false;
  int consecutive = 1;
  std::size_t asked = 0;

  GateJudged operator()(const JudgeGate& job) {
    const auto state = states.at(std::min(asked++, states.size() - 1));
    return {job.id,
            {state, "p95", {}},
            {Milliseconds(10'000), Milliseconds(1'000), consecutive},
            lasts,
            error_waits};
  }
};

std::vector<At> effects(const SchedulerBench& run) {
  std::vector<At> all;
  for (const TargetStanding& standing : run.scheduler().standings()) all.push_back(standing.effect);
  return all;
}

std::ptrdiff_t count(const Log& log, const std::string& line) {
  return std::count(log.begin(), log.end(), line);
}

} // namespace

TEST_CASE("rollout: a rolling step pauses between waves and bakes behind each, the last one too") {
  Web web;
  web.step.strategy = {
      .kind = StrategyKind::rolling, .pause = Milliseconds(10'000), .bake = Milliseconds(60'000)};
  auto run = web.bench();
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.now == Milliseconds(3 * 10'000 + 4 * 60'000));
}

TEST_CASE("rollout: a canary of hosts bakes behind its first ones only") {
  Web web;
  web.step.strategy = {.kind = StrategyKind::canary, .canary_hosts = Amount{1}, .bake = Milliseconds(60'000)};
  auto run = web.bench();
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.now == Milliseconds(60'000));
}

TEST_CASE("rollout: blue and green bake between the switch and the removal of the old one") {
  Web web;
  web.step.strategy = {.kind = StrategyKind::blue_green, .bake = Milliseconds(60'000)};
  web.work = {{{.name = "",
                .stages = {{.name = "switch", .kind = StageKind::shift, .weight = 100, .gate_after = true},
                           {.name = "remove-old", .kind = StageKind::finish}}}},
              {{0}}};
  auto run = web.bench();
  Milliseconds removed{0};
  run.stage = [&](const std::string& stage) -> std::optional<Error> {
    if (stage == "web@ remove-old") removed = run.now;
    return std::nullopt;
  };
  CHECK(run.run() == Finish::succeeded);
  CHECK(removed == Milliseconds(60'000));
  CHECK(run.now == removed);
}

TEST_CASE("rollout: gates are judged while it bakes; one that fails ends it") {
  Web web;
  web.step.gates = 1;
  web.step.strategy = {.kind = StrategyKind::rolling, .bake = Milliseconds(5'000)};
  web.work = hosts(1, 1);
  auto run = web.bench();
  SECTION("passing all the time") {
    Verdicts gate{.states = {Verdict::State::pass}};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::succeeded);
    CHECK(run.now == Milliseconds(5'000));
    CHECK(gate.asked == 6);
  }
  SECTION("failing in between") {
    Verdicts gate{.states = {Verdict::State::pass, Verdict::State::pass, Verdict::State::fail}};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::failed);
    CHECK(run.verdicts == Log{"fail at the end"});
  }
}

TEST_CASE("rollout: a gate that must go on passing passes when it has, and a break begins anew") {
  Web web;
  web.step.gates = 1;
  web.work = hosts(1, 1);
  auto run = web.bench();
  using enum Verdict::State;
  Verdicts gate{.states = {pass, pass, inconclusive, pass}, .lasts = Milliseconds(3'000)};
  run.gate = std::ref(gate);
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.now == Milliseconds(6'000));
  CHECK(run.verdicts == Log{"pass at the end"});
}

TEST_CASE("rollout: no verdict within the limit is inconclusive, and never a pass") {
  Web web;
  web.step.gates = 1;
  web.work = hosts(1, 1);
  auto run = web.bench();
  SECTION("no data") {
    Verdicts gate{.states = {Verdict::State::inconclusive}};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::failed);
    CHECK(run.verdicts == Log{"inconclusive at the end"});
  }
  SECTION("passing, but never often enough in a row") {
    Verdicts gate{.states = {Verdict::State::pass}, .consecutive = 100};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::failed);
    CHECK(run.verdicts == Log{"inconclusive at the end"});
  }
  SECTION("an error at once") {
    Verdicts gate{.states = {Verdict::State::error}};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::failed);
    CHECK(run.now == Milliseconds(0));
    CHECK(run.verdicts == Log{"error at the end"});
  }
  SECTION("an error that is waited for, and then an answer") {
    Verdicts gate{.states = {Verdict::State::error, Verdict::State::pass}, .error_waits = true};
    run.gate = std::ref(gate);
    CHECK(run.run() == Finish::succeeded);
    CHECK(gate.asked == 2);
  }
}

TEST_CASE("rollout: a gate holds before its first sample") {
  Web web;
  web.step.gates = 2;
  web.step.gate_holds = {Milliseconds(0), Milliseconds(30'000)};
  web.work = hosts(1, 1);
  auto run = web.bench();
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.now == Milliseconds(30'000));
}

TEST_CASE("rollout: a host whose failure is borne is set back alone, and the others go on") {
  Web web;
  web.step.strategy.max_failures = 1;
  auto run = web.bench();
  run.stage = failing({"web@app-2 switch"});
  CHECK(run.run() == Finish::succeeded);
  CHECK(count(run.log, "web@app-2 back") == 1);
  CHECK(count(run.log, "web@app-4 switch") == 1);
  CHECK(effects(run) == std::vector{At::done, At::behind, At::done, At::done});
  CHECK(run.scheduler().standings()[1].detail == "it broke");
}

TEST_CASE("rollout: a host that cannot be set back is left as it is, and said so") {
  Web web;
  web.step.strategy.max_failures = 1;
  auto run = web.bench();
  run.stage = failing({"web@app-2 switch", "web@app-2 back"});
  CHECK(run.run() == Finish::succeeded);
  CHECK(effects(run) == std::vector{At::done, At::stuck, At::done, At::done});
}

TEST_CASE("rollout: when the step fails after all, the host that was set back counts as reverted") {
  Web web;
  web.step.strategy.max_failures = 1;
  auto run = web.bench();
  run.stage = failing({"web@app-2 switch", "web@app-3 switch"});
  CHECK(run.run() == Finish::failed);
  CHECK(effects(run) == std::vector{At::reverted, At::reverted, At::reverted});
  CHECK(count(run.log, "web@app-2 back") == 1);
}

TEST_CASE("rollout: a resumed run goes on setting a host back, and leaves one alone that was") {
  Web web;
  web.step.strategy.max_failures = 2;
  web.work.targets[0].touched = web.work.targets[0].going_back = true;
  web.work.targets[1].touched = web.work.targets[1].went_back = true;
  web.step.work = web.work;
  SchedulerBench run({.steps = {web.step}, .touched = {{0, 0}, {0, 1}}});
  run.turn = [&](std::size_t) { return web.work; };
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.log == Log{"web@app-1 back", "web@app-3 switch", "web@app-4 switch", "web changed"});
  CHECK(effects(run) == std::vector{At::behind, At::behind, At::done, At::done});
}

TEST_CASE("rollout: as many hosts as allowed may be out of reach") {
  Web web;
  web.step.strategy.skip_unreachable = 1;
  const Error lost{.cause = Cause::network, .message = "no route to host"};
  web.work.targets[1].unreachable = lost;
  web.work.waves = {{0}, {2}, {3}};
  SECTION("one") {
    auto run = web.bench();
    CHECK(run.run() == Finish::succeeded);
    CHECK(effects(run) == std::vector{At::done, At::done, At::done, At::behind});
  }
  SECTION("two") {
    web.work.targets[2].unreachable = lost;
    auto run = web.bench();
    CHECK(run.run() == Finish::failed);
    CHECK(run.log == Log{"web failed"});
    CHECK(run.scheduler().standings().empty());
  }
  SECTION("one is not listed when the step failed: nothing was changed there") {
    auto run = web.bench();
    run.stage = failing({"web@app-4 switch"});
    CHECK(run.run() == Finish::failed);
    CHECK(effects(run) == std::vector{At::reverted, At::reverted, At::reverted});
  }
}

TEST_CASE("rollout: no more hosts out of service than may be") {
  Web web;
  web.work = hosts(4, 4);
  web.step.strategy.max_unavailable = Amount{2};
  SECTION("the wave goes on as hosts come back") {
    auto run = web.bench();
    CHECK(run.run() == Finish::succeeded);
    CHECK(run.most_at_once == 2);
    CHECK(run.log.size() == 5);
  }
  SECTION("hosts that failed and stay broken count") {
    web.step.strategy.max_failures = 4;
    web.step.strategy.on_abort = OnAbort::stop;
    auto run = web.bench();
    run.stage = failing({"web@app-1 switch", "web@app-2 switch"});
    CHECK(run.run() == Finish::failed);
    CHECK(run.scheduler().failure()->cause == Cause::capacity);
    CHECK(count(run.log, "web@app-3 switch") == 0);
  }
}

TEST_CASE("rollout: the timeout bounds one attempt at a target, without its waits") {
  Web web;
  web.work = hosts(1, 1);
  web.work.targets[0].stages = {{.name = "load", .gate_after = true}, {.name = "switch"}};
  web.step.rules.timeout = Milliseconds(60'000);
  web.step.strategy.pause = Milliseconds(300'000);
  auto run = web.bench();
  run.stage = [&](const std::string& stage) -> std::optional<Error> {
    run.now += Milliseconds(stage == "web@ load" || stage == "web@app-1 load" ? 40'000 : 1'000);
    return std::nullopt;
  };
  SECTION("what is left of it limits the next stage") {
    CHECK(run.run() == Finish::succeeded);
    CHECK(run.limits == std::vector{Milliseconds(60'000), Milliseconds(20'000)});
  }
  SECTION("nothing left, nothing begun") {
    web.step.rules.timeout = Milliseconds(40'000);
    auto late = web.bench();
    late.stage = [&](const std::string&) -> std::optional<Error> {
      late.now += Milliseconds(40'000);
      return std::nullopt;
    };
    CHECK(late.run() == Finish::failed);
    CHECK(late.scheduler().failure()->message == "did not end within 40s");
    CHECK(count(late.log, "web@app-1 switch") == 0);
  }
}
