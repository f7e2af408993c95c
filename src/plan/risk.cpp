#include "plan/risk.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

namespace deployctl::plan {
namespace {

bool will_act(const PlannedStep& step) {
  return step.status == StepStatus::change || step.status == StepStatus::run ||
         step.status == StepStatus::deferred;
}

std::string replacement_reason(const Change& change) {
  for (const FieldChange& field : change.fields)
    if (field.forces_replacement) return "field '" + field.path + "' cannot change in place";
  return change.summary;
}

// What one target's change asks for attention about.
std::vector<Risk> risks_of(const Change& change) {
  std::vector<Risk> found;
  if (change.action == Action::none) return found;
  const auto add = [&](bool applies, RiskKind kind, std::string why) {
    if (applies) found.push_back({.kind = kind, .subject = {}, .targets = {}, .why = std::move(why)});
  };
  add(change.action == Action::remove, RiskKind::remove, change.summary);
  add(change.action == Action::replace, RiskKind::replace, replacement_reason(change));
  add(change.undoable == Undoable::no, RiskKind::not_undoable, change.undoable_why);
  add(change.undoable == Undoable::partly, RiskKind::partly_undoable, change.undoable_why);
  add(!change.downtime.empty(), RiskKind::downtime, change.downtime);
  return found;
}

void gather(std::vector<Risk>& risks, std::size_t first, Risk risk, const std::string& target) {
  const auto same =
      std::find_if(risks.begin() + static_cast<std::ptrdiff_t>(first), risks.end(),
                   [&](const Risk& other) { return other.kind == risk.kind && other.why == risk.why; });
  Risk& into = same == risks.end() ? risks.emplace_back(std::move(risk)) : *same;
  if (!target.empty()) into.targets.push_back(target);
}

void add_step(std::vector<Risk>& risks, const PlannedStep& step) {
  if (!will_act(step)) return;
  const std::size_t first = risks.size();
  if (!step.irreversible.empty())
    gather(risks, first,
           {.kind = RiskKind::irreversible, .subject = step.id, .targets = {}, .why = step.irreversible}, "");
  for (const PlannedTarget& target : step.targets)
    for (Risk& risk : risks_of(target.change)) {
      risk.subject = step.id;
      gather(risks, first, std::move(risk), target.target.name);
    }
}

std::optional<RiskKind> risk_of(const PlannedSecret& secret) {
  if (secret.change == "rotated") return RiskKind::secret_rotated;
  if (secret.change == "kept") return RiskKind::secret_kept;
  return std::nullopt;
}

constexpr std::size_t risk_ranks = risk_names.size();

std::size_t rank(const PlannedStep& step) {
  std::vector<Risk> own;
  add_step(own, step);
  if (!own.empty()) return static_cast<std::size_t>(std::ranges::min(own, {}, &Risk::kind).kind);
  switch (step.status) {
  case StepStatus::change:
    return risk_ranks;
  case StepStatus::run:
    return risk_ranks + 1;
  case StepStatus::deferred:
    return risk_ranks + 2;
  case StepStatus::unchanged:
    return risk_ranks + 3;
  case StepStatus::gone:
    break;
  }
  return risk_ranks + 4;
}

} // namespace

std::vector<Risk> risks(const Content& content) {
  std::vector<Risk> result;
  for (const PlannedStep& step : content.steps) add_step(result, step);
  for (const Crossing& crossing : content.crossings)
    result.push_back(
        {.kind = RiskKind::crossed, .subject = crossing.step, .targets = {}, .why = crossing.why});
  for (const PlannedSecret& secret : content.secrets)
    if (const auto kind = risk_of(secret))
      result.push_back({.kind = *kind, .subject = secret.name, .targets = {}, .why = secret.reference});
  std::ranges::stable_sort(result, {}, &Risk::kind);
  return result;
}

std::vector<std::size_t> display_order(const Content& content) {
  std::vector<std::size_t> ranks;
  ranks.reserve(content.steps.size());
  for (const PlannedStep& step : content.steps) ranks.push_back(rank(step));
  std::vector<std::size_t> order(content.steps.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return ranks[i]; });
  return order;
}

} // namespace deployctl::plan
