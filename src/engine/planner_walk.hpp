// The steps of a plan in order: what is known beforehand is read at once, the rest level by level as outputs
// become known. One walk per make_plan.
#pragma once

#include <vector>

#include "engine/planner.hpp"
#include "engine/planner_step.hpp"
#include "plan/graph.hpp"

namespace deployctl::engine {

class PlanWalk {
public:
  static Result<PlanWalk> over(const PlanRequest& request);

  // Steps in topological, then file order.
  Result<std::vector<plan::PlannedStep>> steps() &&;

private:
  struct Place {
    StepMaterial context;
    std::vector<Result<Reading>> readings;
    plan::PlannedStep planned;
    bool selected = false;
    bool read = false;
    bool changes = false;
  };

  PlanWalk(const PlanRequest& request, plan::Graph graph) : request_(request), graph_(std::move(graph)) {}

  Status prepare(const std::vector<std::size_t>& nodes);
  void read(const std::vector<std::size_t>& nodes);
  Status plan_level(const std::vector<std::size_t>& nodes);
  [[nodiscard]] std::vector<std::vector<std::size_t>> levels() const;
  [[nodiscard]] std::string changed_need(std::size_t node) const;
  [[nodiscard]] config::Outputs outputs() const;
  void judge_lone_gates();

  const PlanRequest& request_;
  plan::Graph graph_;
  std::vector<std::size_t> order_;
  std::vector<Place> places_; // by node
};

// Outputs of a step that this environment leaves out: what the live release recorded, else an empty map (so
// that a reference without default is an error). nullptr when the step is not one of those.
const Value* absent_outputs(const PlanRequest& request, std::string_view step);

} // namespace deployctl::engine
