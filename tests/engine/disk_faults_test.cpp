#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "engine/faulty_disk.hpp"
#include "engine/stack_rig.hpp"

using namespace deployctl;
using namespace deployctl::engine;
using Texts = std::vector<std::string>;

namespace {

// A step of every crash class, hosts, an artifact that is needed, and a gate.
void fill(StackRig& rig, const std::string& value) {
  rig.pipeline.steps.clear();
  const auto task = [&](const std::string& id, const std::string& crash, Texts needs) {
    rig.add(id, "sim.opaque", Value::Map{{"name", id}, {"command", value}, {"crash", crash}},
            std::move(needs))
        .kind = Kind::task;
  };
  rig.add("image", "sim.artifact", Value::Map{{"name", "app"}, {"sources", value}});
  task("probe", "observe", {"image"});
  rig.add_single("plain", value, {"probe"});
  rig.add_single("keyed", value, {"image"}).inputs["crash"] = "keyed";
  task("marked", "marked", {"plain"});
  task("opaque", "opaque", {"keyed"});
  config::Step& web = rig.add_hosts("web", value, 2, {"marked", "opaque"});
  web.gates.push_back({.name = "p95",
                       .action = "sim.gate",
                       .instance = "sim",
                       .inputs = Value::Map{{"name", "p95"}, {"max", 500}}});
  rig.world->set_samples("p95", {Value(1)});
}

const std::set<std::string> once_only = {"keyed", "marked", "opaque"};

struct Trial {
  StackRig rig;
  std::size_t before = 0;      // effects of the first release
  std::optional<Ending> first; // none: the process died
  std::string where;
  bool happened = false;

  explicit Trial(std::size_t parallel) : parallel_(parallel) {
    fill(rig, "v1");
    REQUIRE(rig.apply().exit_code == 0);
    before = rig.world->effects().size();
    rig.change("p2");
    fill(rig, "v2");
  }

  void fail_at(DiskFault fault, int point) {
    const auto process = rig.process();
    process->environment.parallel = parallel_;
    const FaultyDisk disk(rig.folder.path(), fault, point);
    try {
      first = engine::apply(process->environment, rig.pipeline, rig.source, std::nullopt, rig.options);
    } catch (const ProcessDied&) {
      first.reset();
    }
    happened = disk.happened();
    where = disk.where();
  }

  // The first process is gone, whatever it could still write; its pid must not look alive.
  void end_process() {
    const auto process = rig.process();
    const auto stack = process->state.stack(rig.pipeline.stack()).value();
    if (!stack.cell().read()->cell.holder) return;
    REQUIRE(state::update_cell(stack.cell(), [](state::Cell& cell) -> Status {
      cell.holder->process.start_time = 1;
      return {};
    }));
  }

  // As a person would who looks at the world: it was done, or it was not.
  Ending recover() {
    Ending ending = rig.apply();
    if (ending.exit_code != 11) return ending;
    std::vector<Assumption> said;
    for (const Choice& choice : ending.choices)
      said.push_back({choice.step, choice.target, done(choice.step) > 0 ? Answer::done : Answer::not_done});
    const auto process = rig.process();
    return resume_run(process->environment, rig.pipeline, rig.source, ending.run, said, rig.options);
  }

  // How often the step changed something in the second release; what only prepares changes nothing.
  [[nodiscard]] int done(const std::string& step) const {
    const auto effects = rig.world->effects();
    return static_cast<int>(
        std::count_if(effects.begin() + static_cast<std::ptrdiff_t>(before), effects.end(),
                      [&](const auto& each) { return each.step == step && each.what != "prepare"; }));
  }

private:
  std::size_t parallel_;
};

// What the first process said about the world, against the world.
void check_truth(const Trial& trial) {
  if (!trial.first || trial.first->exit_code == 0) return;
  const Ending& ending = *trial.first;
  std::set<std::string> told;
  for (const WorldLine& line : ending.world) {
    told.insert(line.step);
    INFO("told as " << to_text(line.kind) << ": " << line.step);
    if (line.kind == WorldLine::Kind::changed) CHECK(trial.done(line.step) > 0); // nothing invented
  }
  bool changed = false;
  for (const char* step : {"plain", "keyed", "marked", "opaque", "web"}) {
    if (trial.done(step) == 0) continue;
    changed = true;
    INFO("changed, and not told: " << step);
    CHECK(told.count(step) == 1); // nothing lost
  }
  CHECK(ending.error);
  if (changed) CHECK(ending.exit_code == 9);
}

void check_recovered(Trial& trial) {
  const Ending ending = trial.recover();
  INFO((ending.error ? ending.error->message : ""));
  for (const std::string& line : lines(ending)) UNSCOPED_INFO(line);
  REQUIRE(ending.exit_code == 0);
  for (const std::string& step : once_only) {
    INFO("step " << step);
    CHECK(trial.done(step) == 1);
  }
  CHECK(trial.rig.value_of("sim.single/plain") == "v2");
  CHECK(trial.rig.value_of("sim.single/keyed") == "v2");
  CHECK(trial.rig.value_of("sim.hosts/web@app-1") == "v2");
  CHECK(trial.rig.value_of("sim.hosts/web@app-2") == "v2");
  CHECK(trial.rig.cell().pending_run.empty());
  // When all had been done there was nothing to lock for: the dead holder stays until somebody comes.
  const auto holder = trial.rig.cell().holder;
  CHECK((!holder || os::life_of(holder->process) == os::Life::dead));
  REQUIRE(trial.rig.live());
  CHECK(trial.rig.live()->number == 2);
  const auto plan = trial.rig.plan();
  REQUIRE(plan);
  CHECK_FALSE(plan->has_changes());
}

bool try_point(DiskFault fault, int point, std::size_t parallel, std::map<std::string, int>& tried) {
  Trial trial(parallel);
  trial.fail_at(fault, point);
  if (!trial.happened) return false;
  ++tried[trial.where];
  INFO("point " << point << ", " << trial.where << ", parallel " << parallel << ", first exit "
                << (trial.first ? std::to_string(trial.first->exit_code) : "died"));
  check_truth(trial);
  trial.end_process();
  check_recovered(trial);
  return true;
}

struct Named {
  DiskFault fault;
  const char* name;
};
constexpr std::array<Named, 4> faults = {{{DiskFault::kill, "killed"},
                                          {DiskFault::torn, "killed in the middle of a write"},
                                          {DiskFault::error, "EIO"},
                                          {DiskFault::full, "disk full from there on"}}};

std::string table_of(const std::map<std::string, int>& tried) {
  std::string text;
  for (const auto& [where, count] : tried) text += "\n    " + where + ": " + std::to_string(count);
  return text;
}

} // namespace

TEST_CASE("disk faults: at every point with one job at a time, nothing is lost, doubled or invented") {
  for (const auto& [fault, name] : faults) {
    std::map<std::string, int> tried;
    int point = 1;
    while (point < 1'000 && try_point(fault, point, 1, tried)) ++point;
    WARN(name << ": " << point - 1 << " points tried" << table_of(tried));
    CHECK(point > 100);
    CHECK(point < 1'000);
  }
}

TEST_CASE("disk faults: sampled points with four jobs at a time") {
  std::mt19937 random(4);
  for (const auto& [fault, name] : faults) {
    std::map<std::string, int> tried;
    for (int i = 0; i < 40; ++i) try_point(fault, static_cast<int>(1 + random() % 180), 4, tried);
    WARN(name << ": sampled with parallel 4" << table_of(tried));
  }
}
