// A pipeline, a simulated world and a live release to plan with. A release is what an ideal apply of a plan
// leaves: rig.release(plan) puts the wanted things into the world and records the steps.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/planner.hpp"
#include "simulated/catalog.hpp"

namespace deployctl::engine {

class CollectedEvents final : public EventSink {
public:
  void emit(Event event) override {
    const std::lock_guard lock(mutex_);
    events_.push_back(std::move(event));
  }
  [[nodiscard]] std::vector<std::string> types() const {
    std::vector<std::string> types;
    for (const Event& event : events_) types.push_back(event.type);
    return types;
  }

private:
  std::mutex mutex_;
  std::vector<Event> events_;
};

class MemoryFiles final : public config::FileProbe {
public:
  std::map<std::string, Value> shapes;

  [[nodiscard]] Result<Value> file(const std::string& path) const override { return tree(path); }
  [[nodiscard]] Result<Value> tree(const std::string& path) const override {
    const auto found = shapes.find(path);
    if (found == shapes.end()) return fail(Cause::not_found, "'" + path + "' is not there");
    return found->second;
  }
  [[nodiscard]] bool exists(const std::string& path) const override { return shapes.contains(path); }
};

inline Unknown reference(const std::string& step, const std::string& output) {
  return {.step = step, .output = output, .expression = "${steps." + step + "." + output + "}"};
}

struct PlannerRig {
  std::shared_ptr<simulated::World> world = std::make_shared<simulated::World>();
  simulated::Machine machine;
  Catalog catalog = simulated::make_catalog(world);
  config::Pipeline pipeline;
  MemoryFiles files;
  CollectedEvents events;
  Connections connections{machine.ports(), {}, {}};
  state::Release live;
  PlanRequest request{
      .pipeline = pipeline, .catalog = catalog, .connections = connections, .files = files, .events = events};

  PlannerRig() {
    pipeline.project = "shop";
    pipeline.environment = "production";
    pipeline.digest = "p1";
    request.tool = "0.1.0";
    request.created_by = "ann@laptop";
  }

  config::Step& add(const std::string& id, const std::string& action, Value inputs,
                    std::vector<std::string> needs = {}) {
    config::Step step;
    step.id = id;
    step.action = action;
    step.instance = "sim";
    step.inputs = std::move(inputs);
    step.needs = std::move(needs);
    return pipeline.steps.emplace_back(std::move(step));
  }

  config::Step& add_on_hosts(const std::string& id, Value inputs, const std::vector<std::string>& names) {
    config::Step& step = add(id, "sim.hosts", std::move(inputs));
    for (const std::string& name : names)
      step.hosts.push_back({.name = name, .user = {}, .address = name, .port = 0, .vars = {}});
    step.strategy = {.kind = StrategyKind::rolling, .batch = {{1}}};
    return step;
  }

  config::Step& step(const std::string& id) {
    for (config::Step& candidate : pipeline.steps)
      if (candidate.id == id) return candidate;
    throw std::logic_error("no such step");
  }

  Result<plan::Plan> make() {
    request.memory = std::make_shared<PlanMemory>();
    return make_plan(request);
  }

  // A thing as the world shows it after an ideal apply of a change.
  void apply(const plan::PlannedStep& planned) {
    for (const plan::PlannedTarget& target : planned.targets) {
      const Ask ask = ask_of(request, planned, target.target);
      const std::string name = simulated::thing_name(planned.action, ask);
      if (target.change.action == Action::remove) world->erase(name);
      if (target.change.action == Action::none || target.change.action == Action::remove) continue;
      simulated::Thing thing;
      for (const auto& [field, value] : *target.change.desired.map()) {
        if (value.is_null() || field == "hosts" || field == "crash") continue;
        const auto* secret = value.get<Secret>();
        thing.managed[field] = secret ? Value(secret->version()) : value;
      }
      world->put(name, thing);
    }
  }

  void release(const plan::Plan& plan) {
    state::Release next;
    next.id = "release-" + std::to_string(live.number + 1);
    next.number = live.number + 1;
    for (const plan::PlannedStep& planned : plan.content.steps) {
      if (planned.kind == Kind::resource) apply(planned);
      if (planned.status == plan::StepStatus::gone) continue;
      state::ReleaseStep step;
      step.id = planned.id;
      step.action = planned.action;
      step.kind = planned.kind;
      step.instance = planned.instance;
      step.inputs = planned.inputs;
      step.outputs = Value::Map{{"answer", "recorded"}};
      step.needs = planned.needs;
      step.task_fingerprint = planned.task_fingerprint;
      for (const plan::PlannedTarget& target : planned.targets)
        if (target.target.host) step.hosts.push_back(*target.target.host);
      next.steps.push_back(std::move(step));
    }
    live = std::move(next);
    request.live = &live;
  }
};

inline const plan::PlannedStep& planned(const plan::Plan& plan, const std::string& id) {
  for (const plan::PlannedStep& step : plan.content.steps)
    if (step.id == id) return step;
  throw std::logic_error("no such planned step: " + id);
}

} // namespace deployctl::engine
