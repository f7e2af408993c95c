#include "engine/rehearsal/scenario.hpp"

#include <algorithm>

#include <fmt/core.h>

namespace deployctl::engine::rehearsal {

namespace {

constexpr std::array classes = {CrashClass::observe, CrashClass::declarative, CrashClass::keyed,
                                CrashClass::marked, CrashClass::opaque};
constexpr std::array<std::string_view, 5> class_names = {"observe", "declarative", "keyed", "marked",
                                                         "opaque"};

Stage stage(std::string name, StageKind kind, Dice& dice) {
  constexpr std::array rules = {OnCancel::leave, OnCancel::finish, OnCancel::kill};
  Stage made{
      .name = std::move(name), .kind = kind, .on_cancel = dice.pick(rules), .timeout = Milliseconds{5'000}};
  if (kind != StageKind::prepare && dice.one_in(3))
    made.ready = ReadyRule{Milliseconds{2'000}, Milliseconds{300}, dice.between(1, 2)};
  return made;
}

std::vector<Stage> resource_stages(Dice& dice) {
  std::vector<Stage> stages;
  if (dice.one_in(2)) stages.push_back(stage("prepare", StageKind::prepare, dice));
  if (dice.one_in(4)) {
    for (const int weight : {10, 50, 100}) {
      Stage shift = stage(fmt::format("shift-{}", weight), StageKind::shift, dice);
      shift.weight = weight;
      shift.gate_after = weight != 100;
      stages.push_back(std::move(shift));
    }
    return stages;
  }
  stages.push_back(stage("switch", StageKind::act, dice));
  if (dice.one_in(3)) stages.push_back(stage("settle", StageKind::finish, dice));
  return stages;
}

// Consecutive targets, one to three of them a wave.
std::vector<std::vector<std::size_t>> some_waves(std::size_t targets, Dice& dice) {
  std::vector<std::vector<std::size_t>> waves;
  for (std::size_t target = 0; target < targets;) {
    auto& wave = waves.emplace_back();
    for (int size = dice.between(1, 3); size > 0 && target < targets; --size) wave.push_back(target++);
  }
  return waves;
}

void add_strategy(StepShape& step, Dice& dice) {
  constexpr std::array aborts = {OnAbort::revert_all, OnAbort::revert_all, OnAbort::revert_wave,
                                 OnAbort::stop};
  step.strategy.on_abort = dice.pick(aborts);
  if (dice.one_in(3)) step.strategy.pause = Milliseconds{200};
  if (dice.one_in(4)) step.strategy.bake = Milliseconds{400};
  if (dice.one_in(5)) step.strategy.max_failures = 1;
  if (dice.one_in(5)) step.strategy.skip_unreachable = 1;
}

void shape_resource(StepShape& step, Dice& dice) {
  constexpr std::array fitting = {CrashClass::declarative, CrashClass::keyed, CrashClass::marked};
  step.kind = Kind::resource;
  step.crash_class = dice.pick(fitting);
  step.targets = static_cast<std::size_t>(dice.between(1, 4));
  step.stages = resource_stages(dice);
  add_strategy(step, dice);
}

void shape_task(StepShape& step, Dice& dice) {
  step.kind = Kind::task;
  step.crash_class = dice.pick(classes);
  step.stages = {stage("run", StageKind::act, dice)};
  step.stages.front().ready.reset();
  step.has_undo = step.crash_class != CrashClass::observe && dice.one_in(3);
  step.has_check = step.crash_class == CrashClass::opaque && dice.one_in(2);
}

void shape_artifact(StepShape& step) {
  step.kind = Kind::artifact;
  step.crash_class = CrashClass::declarative;
  step.stages = {Stage{.name = "make", .timeout = Milliseconds{5'000}}};
}

void shape_gate(StepShape& step, Dice& dice) {
  step.kind = Kind::gate;
  step.crash_class = CrashClass::observe;
  step.targets = 0;
  step.gates = static_cast<std::size_t>(dice.between(1, 2));
}

// Mostly in the first run; some close behind the one before, some in what recovers from it.
std::size_t some_point(const std::vector<Fault>& before, Dice& dice) {
  constexpr int first_run = 90;
  constexpr int recovery = 250;
  constexpr int close = 8;
  if (dice.one_in(6)) return static_cast<std::size_t>(dice.below(recovery));
  if (!before.empty() && dice.one_in(3))
    return before.back().from + static_cast<std::size_t>(dice.below(close));
  return static_cast<std::size_t>(dice.below(first_run));
}

} // namespace

StepShape make_step(std::size_t number, Dice& dice) {
  StepShape step{.id = fmt::format("s{}", number)};
  for (std::size_t need = 0; need < number; ++need)
    if (dice.one_in(3)) step.needs.push_back(need);
  switch (dice.below(8)) {
  case 0:
    shape_artifact(step);
    break;
  case 1:
    shape_gate(step, dice);
    break;
  case 2:
  case 3:
  case 4:
    shape_task(step, dice);
    break;
  default:
    shape_resource(step, dice);
  }
  step.waves = some_waves(step.targets, dice);
  if (step.targets > 0 && dice.one_in(4)) step.gates = 1;
  if (dice.one_in(3)) step.retry = {.attempts = dice.between(2, 3), .delay = Milliseconds{500}};
  if (dice.one_in(6)) step.on_failure = config::OnFailure::stop;
  const bool acts = step.kind == Kind::resource || step.kind == Kind::task;
  step.irreversible = acts && dice.one_in(8);
  step.older_code_works = dice.one_in(2);
  step.open = step.kind == Kind::resource && dice.one_in(4);
  step.outgrows = step.open && dice.one_in(4);
  return step;
}

Scenario make_scenario(std::uint64_t seed) {
  Dice dice(seed * 0x2545f4914f6cdd1dU + 1);
  Scenario scenario{.seed = seed, .remote = dice.one_in(2)};
  scenario.parallel = static_cast<std::size_t>(dice.between(1, 4));
  const int steps = dice.between(1, 5);
  for (int i = 0; i < steps; ++i) scenario.steps.push_back(make_step(scenario.steps.size(), dice));
  const int faults = dice.below(5);
  for (int i = 0; i < faults; ++i)
    scenario.faults.push_back({dice.pick(fault_table).kind, some_point(scenario.faults, dice)});
  return scenario;
}

std::vector<std::string> describe(const Scenario& scenario) {
  std::vector<std::string> lines;
  lines.push_back(fmt::format("seed {}: {} cell, {} at once", scenario.seed,
                              scenario.remote ? "remote" : "local", scenario.parallel));
  for (const StepShape& step : scenario.steps) {
    std::string stages;
    for (const Stage& each : step.stages) stages += " " + each.name;
    std::string needs;
    for (const std::size_t need : step.needs) needs += " " + scenario.steps[need].id;
    lines.push_back(fmt::format("{}: {}, {} target(s) in {} wave(s), stages{}{}{}{}{}", step.id,
                                class_names.at(static_cast<std::size_t>(step.crash_class)), step.targets,
                                step.waves.size(), stages, needs.empty() ? "" : ", needs" + needs,
                                step.gates > 0 ? ", gates" : "", step.irreversible ? ", irreversible" : "",
                                step.outgrows ? ", outgrows its plan" : ""));
  }
  for (const Fault& fault : scenario.faults)
    lines.push_back(fmt::format(
        "fault: {} from point {}{}", to_text(fault.kind), fault.from,
        fault.behind ? fmt::format(" behind {}", state::find_record_type(*fault.behind)->name) : ""));
  return lines;
}

config::Pipeline pipeline_of(const Scenario& scenario) {
  config::Pipeline pipeline{.project = "rehearsal", .environment = "simulated"};
  for (const StepShape& shape : scenario.steps) {
    config::Step step{.id = shape.id, .kind = shape.kind};
    for (const std::size_t need : shape.needs) step.needs.push_back(scenario.steps[need].id);
    step.strategy = shape.strategy;
    for (std::size_t gate = 0; gate < shape.gates; ++gate)
      step.gates.push_back({.name = fmt::format("g{}", gate)});
    step.retry = shape.retry;
    step.on_failure = shape.on_failure;
    if (shape.has_undo) step.undo = Value::Map{};
    pipeline.steps.push_back(std::move(step));
  }
  return pipeline;
}

plan::PlannedStep planned_step(const StepShape& shape, const Scenario& scenario) {
  plan::PlannedStep step{.id = shape.id, .kind = shape.kind};
  step.status = shape.kind == Kind::resource ? plan::StepStatus::change : plan::StepStatus::run;
  for (const std::size_t need : shape.needs) step.needs.push_back(scenario.steps[need].id);
  step.inputs = Value::Map{{"value", "new"}};
  for (std::size_t i = 0; i < shape.targets; ++i) {
    Change change{.action = shape.kind == Kind::resource ? Action::update : Action::run,
                  .stages = shape.stages};
    if (shape.kind == Kind::resource) change.fields = {{"value", Value("old"), Value("new")}};
    step.targets.push_back({.target = Target{.name = fmt::format("t{}", i)}, .change = std::move(change)});
  }
  step.waves = shape.waves;
  step.crash_class = shape.crash_class;
  if (shape.irreversible) step.irreversible = "simulated";
  step.older_code_works = shape.older_code_works;
  return step;
}

plan::Content content_of(const Scenario& scenario) {
  plan::Content content{.operation = "apply", .project = "rehearsal", .environment = "simulated"};
  for (const StepShape& shape : scenario.steps) {
    plan::PlannedStep step = planned_step(shape, scenario);
    if (shape.open) {
      step.inputs = Value::Map{{"value", Unknown{"s0", "value", "${steps.s0.value}"}}};
      step.unknown = {Unknown{"s0", "value", "${steps.s0.value}"}};
      for (auto& target : step.targets)
        target.change.fields.front().after = Unknown{"s0", "value", "${steps.s0.value}"};
    }
    content.steps.push_back(std::move(step));
  }
  return content;
}

} // namespace deployctl::engine::rehearsal
