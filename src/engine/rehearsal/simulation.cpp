#include "engine/rehearsal/simulation.hpp"

#include <stdexcept>
#include <utility>

#include <fmt/core.h>

#include "engine/rehearsal/controller.hpp"
#include "engine/rehearsal/untouched.hpp"

namespace deployctl::engine::rehearsal {

namespace {

constexpr std::size_t most_events = 60'000;
constexpr std::size_t most_commands = 14;
constexpr std::size_t faulty_commands = 5; // later ones meet no fault: everything has to come to an end

class Play {
public:
  Play(const Scenario& scenario, const PlanRequest& idle, Bug bug, bool traced)
      : scene_(scenario, idle, bug, traced) {
    scene_.at_point = [this](Controller& at) { strike(at); };
    scene_.ended = [this](Controller& who) { over(who); };
  }

  Played play() {
    start(Order::apply);
    try {
      while (scene_.timeline.steps() < most_events && scene_.timeline.step()) {
      }
    } catch (const std::exception& bug) {
      scene_.checks.violate(Check::comes_to_an_end, bug.what());
    }
    check_end();
    return {scene_.checks.violations(), scene_.trace.lines(),   std::move(exit_codes_),
            controllers_.size(),        scene_.faults.points(), scene_.coverage};
  }

private:
  void start(Order order) {
    controllers_.push_back(std::make_unique<Controller>(scene_, controllers_.size() + 1, order));
    if (controllers_.size() > faulty_commands) {
      scene_.faults.clear();
      scene_.never_ready.clear();
    }
    controllers_.back()->start();
  }

  void strike(Controller& at) {
    const auto strikes = [&](FaultKind kind) { return scene_.strikes(kind, at.last_class()); };
    const auto one_of = [&](FaultKind kind, const auto& fits) -> std::optional<TargetId> {
      if (!scene_.faults.due(kind, at.last_class())) return std::nullopt;
      const std::vector<TargetId> found = targets(fits);
      if (found.empty() || !strikes(kind)) return std::nullopt;
      return found[scene_.dice.index(found.size())];
    };
    if (const auto id = one_of(FaultKind::host_death, [](std::size_t) { return true; })) lose_host(*id);
    if (const auto id = one_of(FaultKind::drift, [this](std::size_t step) { return open_to_drift(step); }))
      drift(*id);
    if (strikes(FaultKind::second_controller)) start(Order::apply);
    if (strikes(FaultKind::pause)) {
      at.stand_still(Milliseconds{180'000});
      if (scene_.dice.one_in(2)) start(Order::apply); // somebody does not want to wait
    }
    if (strikes(FaultKind::clock_jump)) at.oversleep();
    if (at.interruptible() && strikes(FaultKind::wind_down)) at.interrupt();
    if (at.executing() && strikes(FaultKind::abandon)) at.abandon();
    if (strikes(FaultKind::crash)) {
      at.die();
      over(at);
    }
  }

  template <class Fits>
  [[nodiscard]] std::vector<TargetId> targets(const Fits& fits) const {
    std::vector<TargetId> found;
    for (std::size_t step = 0; step < scene_.scenario.steps.size(); ++step)
      for (std::size_t i = 0; fits(step) && i < scene_.scenario.steps[step].targets; ++i)
        found.push_back({step, i});
    return found;
  }

  void lose_host(TargetId id) {
    scene_.trace.say(scene_.timeline, [&] { return fmt::format("s{} t{} is gone", id.step, id.target); });
    scene_.world.at(id).dead_until = scene_.timeline.now() + Milliseconds{scene_.dice.between(100, 20'000)};
  }

  // Only what nobody looked at yet: later changes are the next plan's drift.
  [[nodiscard]] bool open_to_drift(std::size_t step) const {
    return scene_.world.visible(step) && scene_.turned.count(step) == 0;
  }

  void drift(TargetId id) {
    scene_.trace.say(scene_.timeline,
                     [&] { return fmt::format("s{} t{} is changed by someone", id.step, id.target); });
    scene_.world.at(id).drifted = true;
  }

  // A command ended or died: people look, and go on as long as something is open.
  void over(Controller& who) {
    if (!who.alive() && !who.ending()) scene_.dead.insert(who.number());
    const bool ended = who.ending() != nullptr;
    if (ended) exit_codes_.push_back(who.ending()->exit_code);
    for (const auto& each : controllers_)
      if (each->alive()) return;
    if (ended && scene_.store.cell.pending_run.empty() && who.ending()->exit_code != 5) return;
    if (controllers_.size() >= most_commands) return;
    const std::size_t next = controllers_.size() + 1;
    const bool undecided = ended && who.ending()->exit_code == 11;
    const Order order =
        undecided || next == scene_.scenario.aborting || scene_.dice.one_in(5) ? Order::abort : Order::apply;
    scene_.timeline.after(Milliseconds{scene_.dice.between(10, 3'000)}, [this, order] { start(order); });
  }

  void check_end() {
    for (const auto& each : controllers_)
      scene_.checks.require(!each->alive(), Check::comes_to_an_end,
                            fmt::format("command {} still runs", each->number()));
    scene_.checks.require(scene_.store.cell.pending_run.empty(), Check::comes_to_an_end,
                          scene_.store.cell.pending_run + " is still pending");
    check_journals(scene_);
  }

  Scene scene_;
  std::vector<std::unique_ptr<Controller>> controllers_;
  std::vector<int> exit_codes_;
};

} // namespace

struct Simulator::Idle {
  Untouched untouched;
  config::Pipeline pipeline;
  Catalog catalog;
  Connections connections{untouched.ports(), {}, {}};
  PlanRequest request{pipeline, catalog, connections, untouched.files(), untouched.events()};
};

Simulator::Simulator(Bug bug) : bug_(bug), idle_(std::make_unique<Idle>()) {}
Simulator::~Simulator() = default;

Played Simulator::play(const Scenario& scenario, bool traced) const {
  return Play(scenario, idle_->request, bug_, traced).play();
}

namespace {

bool breaks(const Simulator& simulator, const Scenario& scenario, Check check) {
  for (const Violation& each : simulator.play(scenario).violations)
    if (each.check == check) return true;
  return false;
}

// Without step `gone`; who needed it needs nothing instead.
Scenario without_step(const Scenario& from, std::size_t gone) {
  Scenario smaller = from;
  smaller.steps.erase(smaller.steps.begin() + static_cast<std::ptrdiff_t>(gone));
  for (std::size_t i = 0; i < smaller.steps.size(); ++i) {
    StepShape& step = smaller.steps[i];
    step.id = fmt::format("s{}", i);
    std::erase(step.needs, gone);
    for (std::size_t& need : step.needs)
      if (need > gone) --need;
  }
  return smaller;
}

} // namespace

Scenario shrunk(const Simulator& simulator, Scenario scenario) {
  const Played first = simulator.play(scenario);
  if (!first.failed()) return scenario;
  const Check check = first.violations.front().check;
  for (bool smaller = true; smaller;) {
    smaller = false;
    for (std::size_t i = 0; i < scenario.faults.size() && !smaller; ++i) {
      Scenario less = scenario;
      less.faults.erase(less.faults.begin() + static_cast<std::ptrdiff_t>(i));
      smaller = breaks(simulator, less, check);
      if (smaller) scenario = std::move(less);
    }
    for (std::size_t i = 0; scenario.steps.size() > 1 && i < scenario.steps.size() && !smaller; ++i) {
      Scenario less = without_step(scenario, i);
      smaller = breaks(simulator, less, check);
      if (smaller) scenario = std::move(less);
    }
  }
  return scenario;
}

} // namespace deployctl::engine::rehearsal
