// All that the controllers of one simulation share: time, targets, records, chance, and who watches.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <vector>

#include "engine/planner.hpp"
#include "engine/rehearsal/bugs.hpp"
#include "engine/rehearsal/checks.hpp"
#include "engine/rehearsal/coverage.hpp"
#include "engine/rehearsal/store.hpp"
#include "engine/rehearsal/timeline.hpp"
#include "engine/rehearsal/world.hpp"

namespace deployctl::engine::rehearsal {

class Controller;

// What happened, for people; kept only when someone wants to read it.
class Trace {
public:
  explicit Trace(bool on) : on_(on) {}

  template <class Text>
  void say(const Timeline& timeline, const Text& text) {
    if (on_) lines_.push_back(std::to_string(timeline.now().count()) + " ms  " + text());
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

private:
  bool on_;
  std::vector<std::string> lines_;
};

struct Scene {
  Scene(const Scenario& scenario_of, const PlanRequest& idle, Bug planted, bool traced)
      : scenario(scenario_of), request(idle), bug(planted), pipeline(pipeline_of(scenario_of)),
        content(content_of(scenario_of)), timeline(scenario_of.seed), dice(scenario_of.seed + 7),
        faults(scenario_of.faults), world(scenario_of, checks, planted != Bug::epoch_unchecked),
        trace(traced) {}

  // Whether a fault strikes here, behind the record of whoever is at this point; it is counted then.
  bool strikes(FaultKind kind, std::size_t crash_class) {
    if (!faults.strikes(kind, crash_class)) return false;
    coverage.add(faults.record(), kind, crash_class);
    return true;
  }
  [[nodiscard]] std::size_t step_of(const std::string& id) const { return std::stoul(id.substr(1)); }
  [[nodiscard]] std::size_t target_of(const std::string& name) const { return std::stoul(name.substr(1)); }

  const Scenario& scenario;
  const PlanRequest& request; // of nothing: simulated steps are planned here
  Bug bug;
  config::Pipeline pipeline;
  plan::Content content;
  Timeline timeline;
  Dice dice;
  FaultPlan faults;
  Checks checks;
  World world;
  Store store;
  Trace trace;
  Coverage coverage;
  std::set<std::size_t> dead;     // controllers
  std::set<std::size_t> turned;   // steps that had their turn
  std::set<TargetId> behind;      // left behind by the strategy's own rule
  std::set<TargetId> never_ready; // from now on
  std::function<void(Controller&)> at_point;
  std::function<void(Controller&)> ended;
};

} // namespace deployctl::engine::rehearsal
