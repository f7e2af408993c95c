#include "engine/planner_walk.hpp"

#include <algorithm>

namespace deployctl::engine {

const Value* absent_outputs(const PlanRequest& request, std::string_view step) {
  static const Value nothing = Value::Map();
  if (std::ranges::find(request.pipeline.absent, step, &config::AbsentStep::id) ==
      request.pipeline.absent.end())
    return nullptr;
  if (!request.live) return &nothing;
  const auto recorded = std::ranges::find(request.live->steps, step, &state::ReleaseStep::id);
  return recorded != request.live->steps.end() && recorded->outputs.map() ? &recorded->outputs : &nothing;
}

Result<PlanWalk> PlanWalk::over(const PlanRequest& request) {
  DEPLOYCTL_TRY(plan::Graph graph, plan::Graph::of(request.pipeline.steps));
  PlanWalk walk(request, std::move(graph));
  walk.order_ = walk.graph_.order();
  if (!request.only.empty()) {
    DEPLOYCTL_TRY(walk.order_, walk.graph_.with_needs(request.only));
  }
  walk.places_.resize(walk.graph_.nodes().size());
  for (const std::size_t node : walk.order_) walk.places_[node].selected = true;
  return walk;
}

Result<std::vector<plan::PlannedStep>> PlanWalk::steps() && {
  DEPLOYCTL_CHECK(prepare(order_));
  std::vector<std::size_t> known;
  for (const std::size_t node : order_)
    if (places_[node].context.inputs.unknown.empty()) known.push_back(node);
  read(known);
  for (const auto& level : levels()) {
    if (request_.stop.stop_requested()) return fail(Cause::cancelled, "interrupted while planning");
    DEPLOYCTL_CHECK(plan_level(level));
  }
  judge_lone_gates();
  std::vector<plan::PlannedStep> result;
  result.reserve(order_.size());
  for (const std::size_t node : order_) result.push_back(std::move(places_[node].planned));
  return result;
}

Status PlanWalk::prepare(const std::vector<std::size_t>& nodes) {
  const config::Outputs known = outputs();
  for (const std::size_t node : nodes) {
    DEPLOYCTL_TRY(places_[node].context, step_material(request_, request_.pipeline.steps[node], known));
  }
  return {};
}

void PlanWalk::read(const std::vector<std::size_t>& nodes) {
  std::vector<Read> reads;
  std::vector<std::size_t> asked; // the node of each read
  for (const std::size_t node : nodes) {
    places_[node].read = true;
    for (Read& read : reads_of(places_[node].context)) {
      reads.push_back(std::move(read));
      asked.push_back(node);
    }
  }
  auto answers = read_all(request_.connections, reads, request_.parallel, request_.stop);
  for (std::size_t i = 0; i < answers.size(); ++i)
    places_[asked[i]].readings.push_back(std::move(answers[i]));
}

Status PlanWalk::plan_level(const std::vector<std::size_t>& nodes) {
  std::vector<std::size_t> late; // their outputs may have become known
  for (const std::size_t node : nodes)
    if (!places_[node].read) late.push_back(node);
  DEPLOYCTL_CHECK(prepare(late));
  read(late);
  for (const std::size_t node : nodes) {
    Place& place = places_[node];
    place.context.changed_need = changed_need(node);
    DEPLOYCTL_TRY(place.planned, planned_step(request_, place.context, place.readings));
    place.changes = changes_something(place.planned);
    place.readings = {};
    if (place.planned.kind != Kind::gate) place.context.inputs = {}; // those may be judged yet
  }
  return {};
}

// A step's level is one above the highest of what it needs.
std::vector<std::vector<std::size_t>> PlanWalk::levels() const {
  std::vector<std::size_t> level(places_.size(), 0);
  std::vector<std::vector<std::size_t>> result;
  for (const std::size_t node : order_) {
    for (const std::size_t need : graph_.needs(node)) level[node] = std::max(level[node], level[need] + 1);
    if (result.size() <= level[node]) result.resize(level[node] + 1);
    result[level[node]].push_back(node);
  }
  return result;
}

std::string PlanWalk::changed_need(std::size_t node) const {
  for (const std::size_t need : graph_.needs(node))
    if (places_[need].changes) return graph_.nodes()[need].id;
  return {};
}

config::Outputs PlanWalk::outputs() const {
  return [this](std::string_view id) -> const Value* {
    const auto node = graph_.index(id);
    if (!node) return absent_outputs(request_, id);
    const plan::PlannedStep& planned = places_[*node].planned;
    const bool known = planned.status == plan::StepStatus::unchanged && !planned.outputs.is_null();
    return known ? &planned.outputs : nullptr;
  };
}

// A gate that needs nothing says something about the whole: it is judged when anything changes.
void PlanWalk::judge_lone_gates() {
  const auto changing = std::ranges::find_if(order_, [&](std::size_t node) { return places_[node].changes; });
  if (changing == order_.end()) return;
  for (const std::size_t node : order_) {
    Place& place = places_[node];
    if (place.planned.kind != Kind::gate || !place.planned.needs.empty()) continue;
    place.context.changed_need = graph_.nodes()[*changing].id;
    if (auto judged = planned_step(request_, place.context, {})) place.planned = *std::move(judged);
  }
}

} // namespace deployctl::engine
