// Random pipelines over the simulated world, with random faults and deaths: whatever happens, the exit code
// says the truth about the world. A failing seed replays exactly.
#include <catch2/catch.hpp>

#include <random>

#include "engine/dying_journal.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using simulated::Act;

namespace {

class Chance {
public:
  explicit Chance(unsigned seed) : engine_(seed) {}
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(engine_); }
  bool one_in(int count) { return below(count) == 0; }

private:
  std::mt19937 engine_;
};

std::vector<std::string> some_needs(Chance& chance, const StackRig& rig) {
  std::vector<std::string> needs;
  for (const config::Step& step : rig.pipeline.steps)
    if (chance.one_in(3)) needs.push_back(step.id);
  return needs;
}

void add_random_step(Chance& chance, StackRig& rig, int number) {
  const std::string id = "s" + std::to_string(number);
  auto needs = some_needs(chance, rig);
  const Value inputs = Value::Map{{"name", id}, {"value", "v1"}};
  switch (chance.below(5)) {
  case 0: {
    config::Step& step = rig.add_hosts(id, "v1", 1 + chance.below(4), std::move(needs));
    if (chance.one_in(3)) step.strategy.batch = {{2}};
    if (chance.one_in(4)) step.strategy.max_failures = 1;
    return;
  }
  case 1:
    rig.add(id, "sim.subprocess", inputs, std::move(needs));
    return;
  case 2:
    rig.add(id, "sim.weighted", inputs, std::move(needs)).strategy.weights = {10, 100};
    return;
  case 3:
    rig.add(id, "sim.native", inputs, std::move(needs));
    return;
  default: {
    config::Step& step = rig.add_single(id, "v1", std::move(needs));
    if (chance.one_in(2)) step.inputs["crash"] = chance.one_in(2) ? "keyed" : "marked";
    if (chance.one_in(3)) step.retry = {.attempts = 2, .delay = Milliseconds(100)};
  }
  }
}

void add_random_fault(Chance& chance, StackRig& rig) {
  constexpr std::array acts = {Act::fail_before, Act::fail_after, Act::lose_answer, Act::never_ready,
                               Act::crash_loop};
  const auto& steps = rig.pipeline.steps;
  const std::string step = steps[static_cast<std::size_t>(chance.below(static_cast<int>(steps.size())))].id;
  const Act act = acts.at(static_cast<std::size_t>(chance.below(static_cast<int>(acts.size()))));
  rig.world->add({.act = act, .step = step, .times = 1 + chance.below(3)});
}

// What is live, apart from what preparing left behind.
std::map<std::string, Value> live_things(const StackRig& rig) {
  std::map<std::string, Value> live;
  for (const auto& [name, thing] : rig.world->things())
    if (!thing.managed.is_null()) live.emplace(name, thing.managed);
  return live;
}

void check_truth(StackRig& rig, const Ending& ending, const std::map<std::string, Value>& before) {
  for (const std::string& line : lines(ending)) UNSCOPED_INFO(line);
  if (ending.error) UNSCOPED_INFO(ending.error->message);
  UNSCOPED_INFO("exit " << ending.exit_code);
  switch (ending.exit_code) {
  case 0: {
    const auto plan = rig.plan();
    REQUIRE(plan);
    CHECK_FALSE(plan->has_changes());
    return;
  }
  case 1:
  case 8:
    CHECK(live_things(rig) == before);
    return;
  case 9:
    CHECK_FALSE(ending.world.empty());
    return;
  default:
    FAIL("an exit code that nothing here can lead to");
  }
}

void check_idle(StackRig& rig) {
  CHECK(rig.cell().pending_run.empty());
  CHECK_FALSE(rig.cell().holder);
}

} // namespace

TEST_CASE("property: the exit code tells the truth about the world, with faults and deaths") {
  std::map<int, int> endings;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    INFO("seed " << seed);
    Chance chance(seed);
    StackRig rig;
    const int steps = 2 + chance.below(6);
    for (int i = 0; i < steps; ++i) add_random_step(chance, rig, i);
    REQUIRE(rig.apply().exit_code == 0);
    rig.change("p2");
    for (config::Step& step : rig.pipeline.steps)
      if (!chance.one_in(4)) step.inputs["value"] = "v2";
    const auto before = live_things(rig);
    const int faults = chance.below(3);
    for (int i = 0; i < faults; ++i) add_random_fault(chance, rig);

    auto ending = apply_until(rig, chance.one_in(2) ? 1'000'000 : 1 + chance.below(30),
                              chance.one_in(2) ? Death::before : Death::behind);
    if (!ending) ending = rig.apply();
    ++endings[ending->exit_code];
    check_truth(rig, *ending, before);
    check_idle(rig);
    for (const auto& done : rig.world->effects()) {
      if (rig.world->keys_done_twice().count(done.key) == 0) continue;
      const Value* crash_class = rig.step(done.step).inputs.find("crash");
      CHECK((!crash_class || *crash_class != Value("keyed")));
    }
  }
  CHECK(endings[0] > 5); // the seeds do reach both
  CHECK(endings[8] > 5);
}
