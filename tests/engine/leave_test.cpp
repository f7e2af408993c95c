// Whether a run may go on: asked before a step, its waves and its weights.
#include <catch2/catch.hpp>

#include <algorithm>
#include <deque>

#include "engine/scheduler_bench.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Log = std::vector<std::string>;

namespace {

Leave answer(Leave::Kind kind, Milliseconds wait = Milliseconds{0}) {
  return {.kind = kind, .wait = wait, .why = {.cause = Cause::policy, .message = "frozen"}};
}

// "web" on two hosts, one a wave, with a stage that only prepares; it asks for leave.
struct Asking {
  std::deque<Leave> answers; // empty: go
  SchedulerBench run;

  explicit Asking(std::vector<StepWork> beside = {}) : run({.steps = steps(std::move(beside))}) {
    run.turn = [](std::size_t step) {
      return step == 0 ? web() : Work{{{"", {Stage{.name = "act"}}}}, {{0}}};
    };
    run.leave = [this](const AskLeave&) {
      if (answers.empty()) return Leave{};
      const Leave next = answers.front();
      answers.pop_front();
      return next;
    };
  }

  static std::vector<StepWork> steps(std::vector<StepWork> beside) {
    beside.insert(beside.begin(), {.id = "web", .asks_leave = true});
    return beside;
  }

  static Work web() {
    const std::vector<Stage> stages{{.name = "upload", .kind = StageKind::prepare}, {.name = "switch"}};
    return {{{"app-1", stages}, {"app-2", stages}}, {{0}, {1}}};
  }
};

} // namespace

TEST_CASE("leave: asked before the step begins and before each wave") {
  Asking asking;
  CHECK(asking.run.run() == Finish::succeeded);
  CHECK(asking.run.log == Log{"web may go on?", "web@app-1 upload", "web@app-2 upload", "web may go on?",
                              "web@app-1 switch", "web may go on?", "web@app-2 switch", "web changed"});
}

TEST_CASE("leave: a wait is asked again when it is over") {
  Asking asking;
  asking.answers = {Leave{}, Leave{}, answer(Leave::Kind::wait, Milliseconds(60'000)),
                    answer(Leave::Kind::wait, Milliseconds(30'000))};
  CHECK(asking.run.run() == Finish::succeeded);
  CHECK(asking.run.now == Milliseconds(90'000));
  CHECK(std::count(asking.run.log.begin(), asking.run.log.end(), "web may go on?") == 5);
}

TEST_CASE(
    "leave: a parked step starts nothing more, what stands beside it ends, and the run keeps its place") {
  Asking asking({{.id = "docs"}, {.id = "cache", .needs = {1}}, {.id = "mail", .needs = {0}}});
  asking.answers = {Leave{}, Leave{}, answer(Leave::Kind::park)};
  CHECK(asking.run.run() == Finish::parked);
  const Log& log = asking.run.log;
  CHECK(std::count(log.begin(), log.end(), "web@app-1 switch") == 1);
  CHECK(std::count(log.begin(), log.end(), "web@app-2 switch") == 0);
  CHECK(std::count(log.begin(), log.end(), "cache changed") == 1);
  CHECK(std::count(log.begin(), log.end(), "mail@ act") == 0);
  REQUIRE(asking.run.scheduler().parked());
  CHECK(asking.run.scheduler().parked()->message == "frozen");
}

TEST_CASE("leave: a failure beside a parked step is taken back as ever") {
  Asking asking({{.id = "docs"}});
  asking.answers = {Leave{}, Leave{}, answer(Leave::Kind::park)};
  asking.run.stage = [](const std::string& stage) -> std::optional<Error> {
    if (stage != "docs@ act") return std::nullopt;
    return Error{.message = "it broke"};
  };
  CHECK(asking.run.run() == Finish::failed);
}

TEST_CASE("leave: a refusal fails the step, and what it did goes back") {
  Asking asking;
  asking.answers = {Leave{}, Leave{}, answer(Leave::Kind::refuse)};
  CHECK(asking.run.run() == Finish::failed);
  CHECK(asking.run.log.back() == "web@app-1 back");
  CHECK(asking.run.scheduler().failure()->cause == Cause::policy);
}

TEST_CASE("leave: asked before each weight, too") {
  StepWork web{.id = "web", .asks_leave = true};
  SchedulerBench run({.steps = {web}});
  run.turn = [](std::size_t) {
    return Work{{{"",
                  {{.name = "10%", .kind = StageKind::shift, .gate_after = true},
                   {.name = "100%", .kind = StageKind::shift, .gate_after = true}}}},
                {{0}}};
  };
  CHECK(run.run() == Finish::succeeded);
  CHECK(run.log ==
        Log{"web may go on?", "web may go on?", "web@ 10%", "web may go on?", "web@ 100%", "web changed"});
}

TEST_CASE("leave: a target left behind while preparing skips no wave") {
  StepWork web{.id = "web", .asks_leave = true};
  web.strategy.max_failures = 1;
  SchedulerBench run({.steps = {web}});
  run.turn = [](std::size_t) { return Asking::web(); };
  run.stage = [](const std::string& stage) {
    return stage == "web@app-2 upload" ? std::optional(Error{.message = "it broke"}) : std::nullopt;
  };
  CHECK(run.run() == Finish::succeeded);
  CHECK(std::count(run.log.begin(), run.log.end(), "web@app-1 switch") == 1);
}
