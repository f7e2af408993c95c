#include "cli/release_diff.hpp"

#include "base/field_diff.hpp"

namespace deployctl::cli {
namespace {

// An input that was written and is not any more counts as taken away.
Value with_removals(const Value& older, Value newer) {
  if (const Value::Map* inputs = older.map())
    for (const auto& [name, value] : *inputs)
      if (!newer.find(name)) newer[name] = nullptr;
  return newer;
}

// Without a table (an action of another version, or outputs) members are compared whole.
std::vector<FieldChange> member_changes(const Value& older, const Value& newer, const std::string& prefix) {
  std::vector<FieldChange> changes;
  const Value all = with_removals(older, newer);
  if (!all.map()) return changes;
  for (const auto& [name, after] : *all.map()) {
    const Value* before = older.find(name);
    const Value there = before ? *before : Value();
    if (!(there == after)) changes.push_back({.path = prefix + name, .before = there, .after = after});
  }
  return changes;
}

std::vector<FieldChange> field_changes(const Catalog& catalog, const state::ReleaseStep& older,
                                       const state::ReleaseStep& newer) {
  const Provider* provider = find_provider(catalog, newer.action);
  std::vector<FieldChange> changes = provider ? diff_fields(provider->description.fields, older.inputs,
                                                            with_removals(older.inputs, newer.inputs))
                                                    .fields
                                              : member_changes(older.inputs, newer.inputs, "");
  for (FieldChange& change : member_changes(older.outputs, newer.outputs, "outputs."))
    changes.push_back(std::move(change));
  return changes;
}

} // namespace

std::vector<StepDiff> diff_releases(const Catalog& catalog, const state::Release& older,
                                    const state::Release& newer) {
  std::vector<StepDiff> diffs;
  for (const state::ReleaseStep& step : newer.steps) {
    const state::ReleaseStep* before = older.step(step.id);
    if (!before || before->action != step.action) {
      diffs.push_back({.id = step.id,
                       .action = step.action,
                       .kind = StepDiff::Kind::added,
                       .fields = member_changes({}, step.inputs, "")});
      continue;
    }
    std::vector<FieldChange> fields = field_changes(catalog, *before, step);
    if (!fields.empty())
      diffs.push_back({.id = step.id,
                       .action = step.action,
                       .kind = StepDiff::Kind::changed,
                       .fields = std::move(fields)});
  }
  for (const state::ReleaseStep& step : older.steps)
    if (const state::ReleaseStep* now = newer.step(step.id); !now || now->action != step.action)
      diffs.push_back({.id = step.id, .action = step.action, .kind = StepDiff::Kind::removed, .fields = {}});
  return diffs;
}

} // namespace deployctl::cli
