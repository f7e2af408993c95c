// Attempts that end before anything could have happened.
#include <catch2/catch.hpp>

#include "engine/scheduler_bench.hpp"

using namespace deployctl;
using namespace deployctl::engine;

namespace {

const Error broken{.cause = Cause::network, .message = "it broke", .retryable = true};

// Every step has one target with one stage.
SchedulerBench bench(std::vector<StepWork> steps) {
  SchedulerBench made({.steps = std::move(steps)});
  made.turn = [](std::size_t) {
    return Work{{TargetWork{.name = "", .stages = {Stage{.name = "act"}}}}, {{0}}};
  };
  return made;
}

} // namespace

TEST_CASE("scheduler: an attempt that never began does not make the effect of the one before it undone") {
  auto steps = std::vector{StepWork{.id = "task"}};
  steps[0].rules.retry = {.attempts = 2, .delay = Milliseconds(1'000)};
  steps[0].reversal = Reversal::keep;
  auto run = bench(steps);
  run.stage = [](const std::string&) { return std::optional(broken); };
  SECTION("the second one") {
    run.begins = [](const StageId& id) { return id.attempt == 1; };
    CHECK(run.run() == Finish::failed);
    REQUIRE(run.scheduler().standings().size() == 1);
    CHECK(run.scheduler().standings()[0].effect == TargetStanding::Effect::kept);
  }
  SECTION("neither of them") {
    run.begins = [](const StageId&) { return false; };
    CHECK(run.run() == Finish::failed);
    CHECK(run.scheduler().standings().empty());
  }
}

TEST_CASE("scheduler: an undo that could not begin leaves the effect where it is, and listed") {
  auto steps = std::vector{StepWork{.id = "task"}, StepWork{.id = "web", .needs = {0}}};
  auto run = bench(steps);
  run.stage = [](const std::string& stage) {
    return stage == "task@ act" ? std::nullopt : std::optional(broken);
  };
  run.begins = [](const StageId& id) { return !id.back; };
  CHECK(run.run() == Finish::failed);
  const auto now = run.scheduler().standings();
  REQUIRE(now.size() == 2);
  CHECK(now[0].effect == TargetStanding::Effect::stuck);
  CHECK(now[1].effect == TargetStanding::Effect::stuck);
}

TEST_CASE("scheduler: what an earlier process had begun to take back is not said to be done") {
  TargetWork target{.name = "", .stages = {Stage{.name = "act"}}, .progress = {.done = 1}, .touched = true};
  target.going_back = true;
  SchedulerBench run({.steps = {StepWork{.id = "web", .settled = true, .work = {{target}, {{0}}}}},
                      .touched = {{0, 0}},
                      .failed = 0,
                      .failure = broken});
  run.interrupts[0] = WindDown{};
  CHECK(run.run() == Finish::interrupted);
  REQUIRE(run.scheduler().standings().size() == 1);
  CHECK(run.scheduler().standings()[0].effect == TargetStanding::Effect::partial);
}
