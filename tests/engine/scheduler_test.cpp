#include <catch2/catch.hpp>

#include <algorithm>

#include "engine/scheduler_bench.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Log = std::vector<std::string>;

namespace {

StepWork step(const std::string& id, std::vector<std::size_t> needs = {}) {
  return {.id = id, .needs = std::move(needs)};
}

TargetWork target(const std::string& name, std::vector<Stage> stages = {Stage{.name = "act"}}) {
  return {.name = name, .stages = std::move(stages)};
}

Error error(Cause cause = Cause::command_failed, bool retryable = false) {
  return {.cause = cause, .message = "it broke", .retryable = retryable};
}

// Every step has this work when its turn comes.
SchedulerBench bench(std::vector<StepWork> steps, Work work) {
  SchedulerBench made({.steps = std::move(steps)});
  made.turn = [work](std::size_t) { return work; };
  return made;
}

Work hosts(std::size_t count, std::vector<Stage> stages) {
  Work work;
  for (std::size_t i = 0; i < count; ++i) {
    work.targets.push_back(target("app-" + std::to_string(i + 1), stages));
    work.waves.push_back({i});
  }
  return work;
}

const Work one{{target("")}, {{0}}};

bool before(const Log& log, const std::string& first, const std::string& second) {
  const auto a = std::find(log.begin(), log.end(), first);
  const auto b = std::find(log.begin(), log.end(), second);
  return a != log.end() && b != log.end() && a < b;
}

auto failing(const std::string& what) {
  return [what](const std::string& stage) { return stage == what ? std::optional(error()) : std::nullopt; };
}

} // namespace

TEST_CASE("scheduler: a step starts when everything it needs has ended") {
  auto run = bench({step("a"), step("b", {0}), step("c", {0}), step("d", {1, 2})}, one);
  CHECK(run.run() == Finish::succeeded);
  CHECK(before(run.log, "a changed", "b@ act"));
  CHECK(before(run.log, "b changed", "d@ act"));
  CHECK(before(run.log, "c changed", "d@ act"));
}

TEST_CASE("scheduler: a step with nothing to do ends at once and lets others start") {
  auto steps = std::vector{step("a"), step("b", {0})};
  steps[0].settled = true;
  auto run = bench(steps, one);
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.log == Log{"b@ act", "b changed"});
}

TEST_CASE("scheduler: no more jobs than places at once") {
  std::vector<StepWork> steps;
  for (int i = 0; i < 20; ++i) steps.push_back(step("s" + std::to_string(i)));
  SchedulerBench run({.steps = steps, .parallel = 3});
  run.turn = [](std::size_t) { return one; };
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.most_at_once == 3);
}

TEST_CASE("scheduler: every target is prepared before the first is touched, then wave by wave") {
  auto run =
      bench({step("web")}, hosts(3, {{.name = "upload", .kind = StageKind::prepare}, {.name = "switch"}}));
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.log == Log{"web@app-1 upload", "web@app-2 upload", "web@app-3 upload", "web@app-1 switch",
                       "web@app-2 switch", "web@app-3 switch", "web changed"});
}

TEST_CASE("scheduler: a failure while preparing changed nothing") {
  auto run =
      bench({step("web")}, hosts(3, {{.name = "upload", .kind = StageKind::prepare}, {.name = "switch"}}));
  run.stage = failing("web@app-2 upload");
  CHECK(run.run() == Finish::failed);
  CHECK(run.scheduler().standings().empty());
  CHECK(std::count(run.log.begin(), run.log.end(), "web@app-1 switch") == 0);
}

TEST_CASE("scheduler: a failed wave takes back what was touched, the newest first") {
  auto run = bench({step("db"), step("web", {0})}, hosts(3, {{.name = "switch"}}));
  run.stage = failing("web@app-2 switch");
  CHECK(run.run() == Finish::failed);
  CHECK(run.log == Log{"db@app-1 switch", "db@app-2 switch", "db@app-3 switch", "db changed",
                       "web@app-1 switch", "web@app-2 switch", "web failed", "web@app-2 back",
                       "web@app-1 back", "db@app-3 back", "db@app-2 back", "db@app-1 back"});
  for (const auto& standing : run.scheduler().standings())
    CHECK(standing.effect == TargetStanding::Effect::reverted);
  CHECK(run.scheduler().failure()->message == "it broke");
}

TEST_CASE("scheduler: gates are judged behind every wave, a failing one takes back") {
  auto steps = std::vector{step("web")};
  steps[0].gates = 1;
  auto run = bench(steps, hosts(2, {{.name = "switch"}}));
  int judged = 0;
  run.gate = [&](const JudgeGate& job) {
    const auto state = ++judged == 2 ? Verdict::State::fail : Verdict::State::pass;
    return GateJudged{job.id, {state, "p95 is 900, at most 500", {}}, {}};
  };
  CHECK(run.run() == Finish::failed);
  CHECK(run.log == Log{"web@app-1 switch", "web gate", "web@app-2 switch", "web gate", "web failed",
                       "web@app-2 back", "web@app-1 back"});
  CHECK(run.scheduler().failure()->cause == Cause::gate_failed);
}

TEST_CASE("scheduler: an inconclusive gate is sampled again until its limit") {
  auto steps = std::vector{step("web")};
  steps[0].gates = 1;
  auto run = bench(steps, one);
  run.gate = [](const JudgeGate& job) {
    return GateJudged{job.id,
                      {Verdict::State::inconclusive, "no data", {}},
                      {.within = Milliseconds(10'000), .interval = Milliseconds(1'000)}};
  };
  CHECK(run.run() == Finish::failed);
  CHECK(run.now >= Milliseconds(10'000));
  CHECK(run.scheduler().failure()->message == "not passed within 10s: no data");
}

TEST_CASE("scheduler: weights are shifted one by one with gates behind each") {
  auto steps = std::vector{step("web")};
  steps[0].gates = 1;
  steps[0].strategy.bake = Milliseconds(60'000);
  const Stage shift5{.name = "5%", .kind = StageKind::shift, .weight = 5, .gate_after = true};
  const Stage shift100{.name = "100%", .kind = StageKind::shift, .weight = 100, .gate_after = true};
  auto run = bench(steps, {{target("", {shift5, shift100})}, {{0}}});
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.verdicts == Log{"pass behind stage 5%", "pass at the end"});
  CHECK(run.now == Milliseconds(120'000));
}

TEST_CASE("scheduler: readiness must hold, and a target that never gets ready fails") {
  const Stage waits{.name = "switch", .ready = ReadyRule{Milliseconds(5'000), Milliseconds(500), 3}};
  auto run = bench({step("web")}, {{target("", {waits})}, {{0}}});
  int polls = 0;
  run.ready = [&](const std::string&) {
    ++polls;
    return Readiness{polls == 2 ? Readiness::State::waiting : Readiness::State::ready, "status 503", {}};
  };
  CHECK(run.run() == Finish::succeeded);
  CHECK(polls == 5); // one, a break, then three in a row

  auto never = bench({step("web")}, {{target("", {waits})}, {{0}}});
  never.ready = [](const std::string&) {
    return Readiness{Readiness::State::waiting, "status 503, wanted 200", {}};
  };
  CHECK(never.run() == Finish::failed);
  CHECK(never.scheduler().failure()->cause == Cause::probe_failing);
  CHECK(never.scheduler().failure()->message == "not ready within 5s: status 503, wanted 200");
}

TEST_CASE("scheduler: retries only what may pass by itself, and never opaque work") {
  auto steps = std::vector{step("a")};
  steps[0].rules.retry = {.attempts = 3, .delay = Milliseconds(1'000)};
  int attempts = 0;
  const auto flaky = [&](bool retryable) {
    return [&attempts, retryable](const std::string& stage) -> std::optional<Error> {
      if (stage == "a@ back") return std::nullopt;
      return ++attempts < 3 ? std::optional(error(Cause::network, retryable)) : std::nullopt;
    };
  };
  SECTION("retryable") {
    auto run = bench(steps, one);
    run.stage = flaky(true);
    CHECK(run.run() == Finish::succeeded);
    CHECK(attempts == 3);
    CHECK(run.now >= Milliseconds(2'000));
  }
  SECTION("not retryable") {
    auto run = bench(steps, one);
    run.stage = flaky(false);
    CHECK(run.run() == Finish::failed);
    CHECK(attempts == 1);
  }
  SECTION("opaque") {
    steps[0].rules.may_retry = false;
    auto run = bench(steps, one);
    run.stage = flaky(true);
    CHECK(run.run() == Finish::failed);
    CHECK(attempts == 1);
  }
}

TEST_CASE("scheduler: what cannot be undone is kept, or is a barrier") {
  auto steps = std::vector{step("queue"), step("migrate", {0}), step("web", {1})};
  SECTION("older code works with it") {
    steps[1].reversal = Reversal::keep;
    auto run = bench(steps, one);
    run.stage = failing("web@ act");
    CHECK(run.run() == Finish::failed);
    const auto now = run.scheduler().standings();
    REQUIRE(now.size() == 3);
    CHECK(now[0].effect == TargetStanding::Effect::reverted);
    CHECK(now[1].effect == TargetStanding::Effect::kept);
    CHECK(now[2].effect == TargetStanding::Effect::reverted);
  }
  SECTION("older code breaks") {
    steps[1].reversal = Reversal::barrier;
    auto run = bench(steps, one);
    run.stage = failing("web@ act");
    CHECK(run.run() == Finish::failed);
    const auto now = run.scheduler().standings();
    REQUIRE(now.size() == 3);
    CHECK(now[0].effect == TargetStanding::Effect::stuck);
    CHECK(now[1].effect == TargetStanding::Effect::kept);
    CHECK(now[2].effect == TargetStanding::Effect::reverted);
  }
}

TEST_CASE("scheduler: on_failure stop leaves everything as it is and says so") {
  auto steps = std::vector{step("db"), step("web", {0})};
  steps[1].on_failure = config::OnFailure::stop;
  steps[1].strategy.on_abort = OnAbort::stop;
  auto run = bench(steps, one);
  run.stage = failing("web@ act");
  CHECK(run.run() == Finish::failed);
  for (const auto& standing : run.scheduler().standings())
    CHECK(standing.effect == TargetStanding::Effect::stuck);
}

TEST_CASE("scheduler: on_abort revert_wave takes only the failed wave back") {
  auto steps = std::vector{step("web")};
  steps[0].strategy.on_abort = OnAbort::revert_wave;
  auto run = bench(steps, hosts(2, {{.name = "switch"}}));
  run.stage = failing("web@app-2 switch");
  CHECK(run.run() == Finish::failed);
  const auto now = run.scheduler().standings();
  CHECK(now.at(0).effect == TargetStanding::Effect::stuck);
  CHECK(now.at(1).effect == TargetStanding::Effect::reverted);
}

TEST_CASE("scheduler: what cannot go back holds what it needs, and nothing else") {
  auto run = bench({step("net"), step("web", {0}), step("other"), step("last", {1, 2})}, one);
  run.stage = failing("last@ act");
  run.revert = [](TargetId at, int round) -> Result<std::optional<std::vector<Stage>>> {
    if (at.step == 1) return fail(Cause::conflict, "was changed by hand");
    if (round > 0) return std::nullopt;
    return std::vector<Stage>{Stage{.name = "back"}};
  };
  CHECK(run.run() == Finish::failed);
  for (const auto& standing : run.scheduler().standings()) {
    const bool stays = standing.at.step == 0 || standing.at.step == 1;
    CHECK(standing.effect == (stays ? TargetStanding::Effect::stuck : TargetStanding::Effect::reverted));
  }
}

TEST_CASE("scheduler: as many failures as allowed leave targets behind") {
  auto steps = std::vector{step("web")};
  steps[0].strategy.max_failures = 1;
  auto run = bench(steps, hosts(3, {{.name = "switch"}}));
  SECTION("one") {
    run.stage = failing("web@app-2 switch");
    CHECK(run.run() == Finish::succeeded);
    const auto now = run.scheduler().standings();
    REQUIRE(now.size() == 3);
    CHECK(now[1].effect == TargetStanding::Effect::behind);
  }
  SECTION("two") {
    run.stage = [](const std::string& stage) {
      return stage == "web@app-1 switch" ? std::nullopt : failing(stage)(stage);
    };
    run.stage = [](const std::string& stage) {
      const bool breaks = stage == "web@app-2 switch" || stage == "web@app-3 switch";
      return breaks ? std::optional(error()) : std::nullopt;
    };
    CHECK(run.run() == Finish::failed);
  }
}

TEST_CASE("scheduler: winding down starts nothing new and keeps what was done") {
  auto run = bench({step("a"), step("b", {0})}, one);
  run.interrupts.emplace(1, WindDown{}); // after the turn of `a`, while its stage runs
  CHECK(run.run() == Finish::interrupted);
  CHECK(run.log == Log{"a@ act"});
  REQUIRE(run.scheduler().standings().size() == 1);
}

TEST_CASE("scheduler: abandoning ends at once with the outcome unknown") {
  auto run = bench({step("a")}, one);
  run.interrupts.emplace(1, Abandon{});
  CHECK(run.run() == Finish::abandoned);
  REQUIRE(run.scheduler().standings().size() == 1);
  CHECK(run.scheduler().standings()[0].effect == TargetStanding::Effect::unknown);
}

TEST_CASE("scheduler: a turn outside what was approved fails the run without an effect") {
  auto run = bench({step("a")}, one);
  run.turn = [](std::size_t) -> Result<Work> {
    return fail(Cause::conflict, "the action is replace, approved was update");
  };
  CHECK(run.run() == Finish::failed);
  CHECK(run.scheduler().standings().empty());
  CHECK(run.scheduler().failed_as_stale());
}

TEST_CASE("scheduler: a resumed run goes on where it stopped") {
  auto steps = std::vector{step("a"), step("b", {0})};
  steps[0].settled = true;
  steps[0].work = one;
  Work half = hosts(2, {{.name = "upload", .kind = StageKind::prepare}, {.name = "switch"}});
  half.targets[0].progress = {2, false};
  half.targets[0].touched = true;
  half.targets[1].progress = {1, false};
  steps[1].work = half;
  SchedulerBench run({.steps = steps, .touched = {{0, 0}, {1, 0}}});
  run.turn = [&](std::size_t) { return half; };
  SECTION("to the end") {
    CHECK(run.run() == Finish::succeeded);
    CHECK(run.log == Log{"b@app-2 switch", "b changed"});
  }
  SECTION("and what an earlier process did goes back as well") {
    run.stage = failing("b@app-2 switch");
    CHECK(run.run() == Finish::failed);
    CHECK(run.log == Log{"b@app-2 switch", "b failed", "b@app-2 back", "b@app-1 back", "a@ back"});
  }
}

TEST_CASE("scheduler: a run that died while taking back goes on taking back") {
  auto steps = std::vector{step("a"), step("b", {0})};
  for (auto& each : steps) {
    each.work = one;
    each.work.targets[0].touched = true;
    each.work.targets[0].progress = {1, false};
  }
  steps[0].settled = true;
  SchedulerBench run(
      {.steps = steps, .touched = {{0, 0}, {1, 0}}, .taken_back = {{1, 0}}, .failed = 1, .failure = error()});
  CHECK(run.run() == Finish::failed);
  CHECK(run.log == Log{"a@ back"});
  for (const auto& standing : run.scheduler().standings())
    CHECK(standing.effect == TargetStanding::Effect::reverted);
}

TEST_CASE("scheduler: ten thousand steps in one chain") {
  std::vector<StepWork> steps;
  for (std::size_t i = 0; i < 10'000; ++i)
    steps.push_back(step("s" + std::to_string(i), i ? std::vector{i - 1} : std::vector<std::size_t>{}));
  for (std::size_t i = 0; i < 5'000; ++i) steps[i].settled = true;
  auto run = bench(steps, one);
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.scheduler().standings().size() == 5'000);
}

TEST_CASE("scheduler: what was cut off on its way back is not told as changed") {
  auto run = bench({step("a"), step("b", {0})}, one);
  run.stage = failing("b@ act");
  run.interrupts.emplace(9, Abandon{}); // "a" was taken back, and nobody has looked whether that was all
  CHECK(run.run() == Finish::abandoned);
  CHECK(std::count(run.log.begin(), run.log.end(), "a@ back") == 1);
  REQUIRE(!run.scheduler().standings().empty());
  CHECK(run.scheduler().standings()[0].effect == TargetStanding::Effect::partial);
}
