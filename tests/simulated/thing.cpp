#include "simulated/thing.hpp"

#include <algorithm>

#include "base/field_diff.hpp"

namespace deployctl::simulated {
namespace {

// An input as observe() shows it: secrets by version, files without their local path.
Value as_observed(const Value& input) {
  if (const auto* secret = input.get<Secret>()) return secret->version();
  if (!input.map()) return input;
  Value::Map kept = *input.map();
  if (input.find("sha256")) kept.erase("path");
  return kept;
}

} // namespace

Value to_value(const Thing& thing) {
  return Value::Map{{"managed", thing.managed}, {"staged", thing.staged}, {"progress", thing.progress}};
}

Thing to_thing(const Value& value) {
  Thing thing;
  if (const Value* managed = value.find("managed")) thing.managed = *managed;
  if (const Value* staged = value.find("staged")) thing.staged = *staged;
  if (const Value* progress = value.find("progress"))
    if (const auto* percent = progress->get<std::int64_t>()) thing.progress = static_cast<int>(*percent);
  return thing;
}

void put_inputs(Value& managed, const Value& wanted, const std::vector<Field>& fields) {
  Value::Map result = managed.map() ? *managed.map() : Value::Map{};
  for (const auto& [name, input] : *wanted.map()) {
    const Field* field = find_field(fields, name);
    if (!field || !field->managed) continue;
    if (input.is_null())
      result.erase(name);
    else
      result.insert_or_assign(name, as_observed(input));
  }
  managed = std::move(result);
}

bool has_unresolved(const Value& value) {
  bool found = false;
  for_each_secret(value, [&](const Secret& secret) { found |= !secret.is_resolved(); });
  for_each_unknown(value, [&](const Unknown&) { found = true; });
  return found;
}

int percent_after(const Change& change, const Stage& stage) {
  if (stage.kind == StageKind::shift) return stage.weight;
  std::vector<std::string> acts;
  for (const Stage& other : change.stages)
    if (other.kind == StageKind::act) acts.push_back(other.name);
  const auto at = std::ranges::find(acts, stage.name) - acts.begin() + 1;
  return static_cast<int>(100 * at / std::max<std::ptrdiff_t>(1, std::ssize(acts)));
}

} // namespace deployctl::simulated
