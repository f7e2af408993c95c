// A stack on a disk of its own, a simulated world, and engines over both: each call of `engine()` is a fresh
// process as far as records go, so a test can let one die and start another.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/redactor.hpp"
#include "engine/engine.hpp"
#include "engine/rig_parts.hpp"
#include "secrets/resolver.hpp"
#include "simulated/catalog.hpp"
#include "state/history.hpp"
#include "state/journal.hpp"
#include "state/local_state.hpp"
#include "state/lock.hpp"

namespace deployctl::engine {

// What one process would have: gone when it goes out of scope, the folder and the world stay.
struct Process {
  state::LocalState state;
  state::History history;
  RedactionSet redactions;
  std::map<std::string, std::string, std::less<>> variables;
  secrets::Resolver resolver;
  Environment environment;

  Process(const std::string& folder, const Catalog& catalog, simulated::Machine& machine, EventSink& events,
          std::vector<secrets::Declaration> secrets,
          std::map<std::string, std::string, std::less<>> process_variables)
      : state(state::LocalState::open(folder, machine.random).value()),
        history(state::History::open(state.history_path()).value()), variables(std::move(process_variables)),
        resolver(
            std::move(secrets),
            {.environment = variables, .read_file = {}, .processes = machine.processes, .directory = folder},
            redactions, Secret::reference("key").resolved_with("0123456789abcdef0123456789abcdef")),
        environment{catalog, machine.ports(), state, history, resolver, redactions, events} {
    environment.approve = [](const plan::Plan&) {
      return Approval{.granted = true, .by = "ann", .how = "--yes"};
    };
    environment.skip_to = [&machine](std::chrono::nanoseconds boot) { machine.clock.advance_to(boot); };
    environment.tool = "0.1.0";
    environment.user_at_host = "ann@laptop";
    environment.command = "apply production";
    environment.parallel = 4;
  }
};

struct StackRig {
  TemporaryFolder folder;
  simulated::Machine machine;
  std::shared_ptr<simulated::World> world = std::make_shared<simulated::World>(&machine.clock);
  Catalog catalog = simulated::make_catalog(world);
  config::Pipeline pipeline;
  EventLog events;
  NoFiles files;
  Source source{
      .files = &files, .directory = folder.path(), .commit = std::string(40, 'a'), .branch = "main"};
  ApplyOptions options;
  std::vector<secrets::Declaration> secrets;
  std::map<std::string, std::string, std::less<>> variables;

  StackRig() {
    pipeline.project = "shop";
    pipeline.environment = "production";
    change("p1");
  }

  // As if the file was edited: another digest.
  void change(const std::string& digest) {
    pipeline.digest = digest;
    pipeline.release_version = digest;
    source.version = digest;
  }

  config::Step& add(const std::string& id, const std::string& action, Value inputs,
                    std::vector<std::string> needs = {}) {
    config::Step step;
    step.id = id;
    step.action = action;
    step.kind = find_provider(catalog, action)->description.kind;
    step.instance = "sim";
    step.inputs = std::move(inputs);
    step.needs = std::move(needs);
    return pipeline.steps.emplace_back(std::move(step));
  }

  config::Step& add_single(const std::string& id, const std::string& value,
                           std::vector<std::string> needs = {}) {
    return add(id, "sim.single", Value::Map{{"name", id}, {"value", value}}, std::move(needs));
  }

  config::Step& add_hosts(const std::string& id, const std::string& value, int hosts,
                          std::vector<std::string> needs = {}) {
    config::Step& step = add(id, "sim.hosts", Value::Map{{"name", id}, {"value", value}}, std::move(needs));
    for (int i = 1; i <= hosts; ++i) {
      const std::string name = "app-" + std::to_string(i);
      step.hosts.push_back({.name = name, .address = name});
    }
    step.strategy = {.kind = StrategyKind::rolling, .batch = {{1}}};
    return step;
  }

  config::Step& step(const std::string& id) {
    for (config::Step& candidate : pipeline.steps)
      if (candidate.id == id) return candidate;
    throw std::logic_error("no such step");
  }

  void set_value(const std::string& id, const std::string& value) { step(id).inputs["value"] = value; }

  std::unique_ptr<Process> process() {
    return std::make_unique<Process>(folder.path(), catalog, machine, events, secrets, variables);
  }

  Ending apply(std::optional<plan::Plan> plan = std::nullopt) {
    return engine::apply(process()->environment, pipeline, source, std::move(plan), options);
  }

  Result<plan::Plan> plan() { return plan_apply(process()->environment, pipeline, source, options); }

  state::Cell cell() {
    auto state = state::LocalState::open(folder.path(), machine.random).value();
    return state.stack(pipeline.stack()).value().cell().read().value().cell;
  }

  std::optional<state::Release> live() {
    const auto opened = process();
    const std::string id = cell().current_release;
    return id.empty() ? std::nullopt : opened->history.release(id).value();
  }

  // The value that a single thing, or one on a host, holds now.
  std::string value_of(const std::string& thing) {
    const auto found = world->thing(thing);
    const Value* value = found ? found->managed.find("value") : nullptr;
    return value && value->text() ? *value->text() : "";
  }
};

inline std::vector<std::string> lines(const Ending& ending) {
  std::vector<std::string> out;
  for (const WorldLine& line : ending.world)
    out.push_back(std::string(to_text(line.kind)) + " " + line.step +
                  (line.target.empty() ? "" : "@" + line.target));
  return out;
}

} // namespace deployctl::engine
