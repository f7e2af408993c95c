#include "plan/staleness.hpp"

#include <algorithm>
#include <map>

#include <deployctl/host_state.hpp>

#include "base/strings.hpp"

namespace deployctl::plan {
namespace {

constexpr std::string_view world_changed = "was changed since the plan was made";

// Paths whose `before` is another one now, and paths that only one of the two changes has.
std::vector<std::string> differing_fields(const Change& approved, const Change& now) {
  std::map<std::string_view, const FieldChange*> was;
  for (const FieldChange& field : approved.fields) was.emplace(field.path, &field);
  std::vector<std::string> paths;
  for (const FieldChange& field : now.fields) {
    const auto found = was.find(field.path);
    if (found == was.end() || found->second->before != field.before) paths.push_back(field.path);
    if (found != was.end()) was.erase(found);
  }
  for (const auto& [path, field] : was) paths.emplace_back(path);
  std::ranges::sort(paths);
  return paths;
}

class Search {
public:
  std::vector<Stale> plans(const Content& approved, const Content& now) {
    whole(approved.pipeline_digest != now.pipeline_digest, "the pipeline or its inputs have changed");
    whole(approved.commit != now.commit || approved.version != now.version,
          "the plan is of version '" + approved.version + "' (commit " + approved.commit + "), here is '" +
              now.version + "' (commit " + now.commit + ")");
    whole(approved.base_release != now.base_release, "another release is live now");
    secrets(approved.secrets, now.secrets);
    steps(approved.steps, now.steps);
    return std::move(found_);
  }

private:
  void whole(bool differs, std::string what) {
    if (differs) found_.push_back({.step = {}, .target = {}, .fields = {}, .what = std::move(what)});
  }

  void secrets(const std::vector<PlannedSecret>& approved, const std::vector<PlannedSecret>& now) {
    for (const PlannedSecret& secret : approved) {
      const auto found = std::ranges::find(now, secret.name, &PlannedSecret::name);
      whole(found == now.end() || found->version != secret.version,
            "the secret '" + secret.name + "' " + std::string(world_changed));
    }
  }

  void steps(const std::vector<PlannedStep>& approved, const std::vector<PlannedStep>& now) {
    std::map<std::string_view, const PlannedStep*> current;
    for (const PlannedStep& step : now) current.emplace(step.id, &step);
    for (const PlannedStep& step : approved) {
      const auto found = current.find(step.id);
      if (found == current.end()) {
        add(step.id, "", {}, "is not in the plan any more");
        continue;
      }
      one_step(step, *found->second);
      current.erase(found);
    }
    for (const auto& [id, step] : current) add(std::string(id), "", {}, "was not in the approved plan");
  }

  void one_step(const PlannedStep& approved, const PlannedStep& now) {
    const std::size_t before = found_.size();
    for (const PlannedTarget& target : approved.targets) {
      const auto found = std::ranges::find(now.targets, target.target.name,
                                           [](const PlannedTarget& other) { return other.target.name; });
      if (found == now.targets.end())
        add(approved.id, target.target.name, {}, "is no target any more");
      else
        one_target(approved.id, target, *found);
    }
    if (approved.targets.size() < now.targets.size()) add(approved.id, "", {}, "has other targets now");
    if (approved.task_fingerprint != now.task_fingerprint)
      add(approved.id, "", {}, "has other inputs or sources than when the plan was made");
    if (before == found_.size() && (approved.status != now.status || approved.inputs != now.inputs))
      add(approved.id, "", {}, "would do something else now: " + now.why);
  }

  void one_target(const std::string& step, const PlannedTarget& approved, const PlannedTarget& now) {
    if (!approved.unreachable.empty() || !now.unreachable.empty())
      return; // borne, or its step's turn says no
    std::vector<std::string> fields = differing_fields(approved.change, now.change);
    if (approved.fingerprint != now.fingerprint) {
      const std::string what = state_difference(state_in(approved.facts), state_in(now.facts));
      add(step, approved.target.name, std::move(fields),
          std::string(world_changed) + (what.empty() ? "" : " (" + what + ")"));
    } else if (!fields.empty() || approved.change.action != now.change.action) {
      add(step, approved.target.name, std::move(fields), "would be changed otherwise now");
    }
  }

  void add(std::string step, std::string target, std::vector<std::string> fields, std::string what) {
    found_.push_back({std::move(step), std::move(target), std::move(fields), std::move(what)});
  }

  std::vector<Stale> found_;
};

} // namespace

std::vector<Stale> differences_since(const Plan& approved, const Plan& now) {
  return Search().plans(approved.content, now.content);
}

std::string to_text(const Stale& stale) {
  std::string text = stale.step;
  if (!stale.target.empty()) text += " on " + stale.target;
  if (!text.empty()) text += " ";
  text += stale.what;
  if (!stale.fields.empty()) text += ": " + join(stale.fields, ", ");
  return text;
}

} // namespace deployctl::plan
