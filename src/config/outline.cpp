#include "config/outline.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/language.hpp"
#include "config/presence.hpp"
#include "config/read_rules.hpp"

namespace deployctl::config {

namespace {

// One key of a step, read and shaped by the language's table.
Value key_value(const yaml::Node& step, std::string_view key, const StepOutline& outline,
                const OutlineInputs& inputs) {
  const auto* node = step.find(key);
  const auto& fields = outline.is_finally ? finally_fields() : step_fields();
  const auto* field = find_field(fields, key);
  if (!node || !field) return {};
  const auto written = inputs.reader.read(*node, field, inputs.scope.names({.knowledge = inputs.knowledge}));
  ShapeContext context{.findings = inputs.findings};
  const Where around{.noun = "step", .name = outline.name};
  return shape(*field, written, Where{.around = &around, .name = key}, context);
}

std::vector<EachItem> items_of(const Value& written) {
  std::vector<EachItem> items;
  if (const auto* map = written.map())
    for (const auto& [name, fields] : *map) items.push_back({name, fields});
  for (auto& name : texts_of(&written)) items.push_back({std::move(name), {}});
  return items;
}

void check_items(const StepOutline& step, Span span, Findings& findings) {
  std::set<std::string> seen;
  for (const auto& item : step.items) {
    if (!is_id(item.name))
      findings.error("D0505", span, fmt::format("item '{}' of step '{}' is no name", item.name, step.name),
                     {}, fmt::format("names match {}", id_pattern));
    if (!seen.insert(item.name).second)
      findings.error("D0505", span,
                     fmt::format("item '{}' stands twice in 'for_each' of step '{}'", item.name, step.name),
                     {}, "each item is an instance of its own: remove one");
  }
}

// Equal for steps with the same items, in whatever order.
std::string key_of(const std::vector<EachItem>& items) {
  std::set<std::string> names;
  for (const auto& item : items) names.insert(item.name);
  std::string key;
  for (const auto& name : names) key += name + "\n";
  return key;
}

bool same_items(const StepOutline& left, const StepOutline& right) {
  return left.has_items && right.has_items && left.items_key == right.items_key;
}

std::vector<std::string> action_names(const Catalog& catalog) {
  std::vector<std::string> names;
  for (const auto& provider : catalog) names.push_back(provider.description.name);
  for (const auto& action : later_actions())
    if (!find_provider(catalog, action.name)) names.emplace_back(action.name);
  return names;
}

// A step that only misspelt environments have would be looked at nowhere; offline it is looked at everywhere.
bool names_any(const std::vector<std::string>& listed, const StepOutline& step, const OutlineInputs& inputs) {
  if (!step.entry->value.find("environments")) return false;
  const auto& all = inputs.environments;
  const auto declared = [&](const std::string& name) {
    return std::find(all.begin(), all.end(), name) != all.end();
  };
  return inputs.knowledge == Knowledge::strict || std::any_of(listed.begin(), listed.end(), declared);
}

void read_action(StepOutline& step, const OutlineInputs& inputs) {
  const auto* uses = step.entry->value.find("uses");
  const auto value = key_value(step.entry->value, "uses", step, inputs);
  if (!uses || !value.text()) return;
  step.uses = *value.text();
  const auto chosen = choose_action(step.uses, uses->span, inputs.catalog, inputs.findings);
  step.provider = chosen.provider;
  step.kind = chosen.kind;
}

} // namespace

ActionChoice choose_action(std::string_view uses, Span span, const Catalog& catalog, Findings& findings) {
  if (const auto* provider = find_provider(catalog, uses)) return {provider, provider->description.kind};
  if (const auto* action = find_later_action(uses)) {
    report_later(findings, "D0902", span, fmt::format("action '{}'", uses));
    return {nullptr, action->kind};
  }
  findings.error("D0501", span, fmt::format("unknown action '{}'", uses), "no such action",
                 similar_help(uses, action_names(catalog), "action", "actions"));
  return {};
}

Outline::Outline(const OutlineInputs& inputs) {
  add_section(inputs, "steps", false);
  add_section(inputs, "finally", true);
  if (instances_.size() > most_steps)
    inputs.findings.error(
        "D0514", inputs.merged.entry("steps") ? inputs.merged.entry("steps")->key_span : inputs.merged.span,
        fmt::format("{} steps, at most {} are allowed", instances_.size(), most_steps), {},
        "items of for_each count each; split the project");
}

void Outline::add_section(const OutlineInputs& inputs, std::string_view key, bool is_finally) {
  const auto* section = inputs.merged.find(key);
  if (!section || !section->is_map()) return;
  for (const auto& entry : section->entries) {
    if (step_index_.contains(entry.key)) {
      inputs.findings.error("D0510", entry.key_span,
                            fmt::format("step '{}' stands in 'steps' and in 'finally'", entry.key),
                            "the second one", "a run's record names steps by id: rename one of them");
      continue;
    }
    auto& step =
        steps_.emplace_back(StepOutline{.name = entry.key, .entry = &entry, .is_finally = is_finally});
    step_index_.emplace(entry.key, steps_.size() - 1);
    names_.push_back(entry.key);
    if (!entry.value.is_map()) continue;
    read_action(step, inputs);
    add_instances(step, inputs);
    const auto environments = key_value(entry.value, "environments", step, inputs);
    const auto when = key_value(entry.value, "when", step, inputs);
    const auto presence = decide_presence({.environment = inputs.environment,
                                           .listed = texts_of(&environments),
                                           .is_listed = names_any(texts_of(&environments), step, inputs),
                                           .branches = texts_of(when.find("branches")),
                                           .tags = texts_of(when.find("tags"))},
                                          inputs.facts, inputs.knowledge == Knowledge::strict);
    step.present = presence.empty();
    step.why = presence;
    step.results = texts_of(when.find("result"));
  }
}

void Outline::add_instances(StepOutline& step, const OutlineInputs& inputs) {
  step.first = instances_.size();
  if (const auto* node = step.entry->value.find("for_each")) {
    const auto written = key_value(step.entry->value, "for_each", step, inputs);
    step.has_items = true;
    step.items = items_of(written);
    step.items_key = key_of(step.items);
    check_items(step, node->span, inputs.findings);
    for (const auto& item : step.items) {
      instance_index_.emplace(step.name + "." + item.name, instances_.size());
      instances_.push_back({step.name + "." + item.name, &step, &item});
    }
  } else {
    instance_index_.emplace(step.name, instances_.size());
    instances_.push_back({step.name, &step, nullptr});
  }
  step.count = instances_.size() - step.first;
}

const StepOutline* Outline::step(std::string_view name) const {
  const auto found = step_index_.find(std::string(name));
  return found == step_index_.end() ? nullptr : &steps_[found->second];
}

bool Outline::has(std::string_view name) const {
  return step(name) != nullptr || instance_index_.contains(std::string(name));
}

std::vector<std::size_t> Outline::resolve(std::string_view name, const StepInstance& from) const {
  if (const auto* whole = step(name); whole && whole->has_items) {
    if (from.each && same_items(*whole, *from.step))
      return {instance_index_.at(whole->name + "." + from.each->name)};
    std::vector<std::size_t> all(whole->count);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = whole->first + i;
    return all;
  }
  const auto found = instance_index_.find(std::string(name));
  return found == instance_index_.end() ? std::vector<std::size_t>{} : std::vector{found->second};
}

} // namespace deployctl::config
