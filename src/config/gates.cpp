#include "config/gates.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/action_inputs.hpp"
#include "config/gate_rule.hpp"
#include "config/language.hpp"
#include "config/outline.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

bool Gates::is_judged_here(const yaml::Node& gate) const {
  const auto* environments = gate.find("environments");
  if (!environments || !environments->is_list()) return true;
  return std::any_of(environments->items.begin(), environments->items.end(),
                     [&](const yaml::Node& name) { return name.text == inputs_.environment; });
}

std::optional<GateUse> Gates::read(const yaml::Entry& entry, const Reach& reach) {
  const auto* uses = entry.value.find("uses");
  if (!entry.value.is_map() || !uses || !uses->is_scalar()) {
    if (entry.value.is_map() && !uses)
      inputs_.findings.error("D0202", entry.key_span,
                             fmt::format("'uses' is missing in gate '{}'", entry.key), "needed here",
                             "name the action that measures, for example uses: http.check");
    return std::nullopt;
  }
  const auto chosen = choose_action(uses->text, uses->span, inputs_.catalog, inputs_.findings);
  if (chosen.kind && *chosen.kind != Kind::gate) {
    inputs_.findings.error("D0509", uses->span, fmt::format("action '{}' is no gate", uses->text),
                           "does not judge anything", "use it as a step, or choose an action that judges");
    return std::nullopt;
  }
  const Where where{.noun = "gate", .name = entry.key};
  auto inputs = read_action_inputs({.provider = chosen.provider,
                                    .with = entry.value.find("with"),
                                    .around = uses->span,
                                    .names = inputs_.scope.names(reach),
                                    .where = where},
                                   inputs_.reader, inputs_.probes, inputs_.findings, reach.knowledge);
  if (!chosen.provider) return std::nullopt;
  return GateUse{.name = entry.key,
                 .action = uses->text,
                 .instance = inputs_.instances.choose(chosen.provider->description, nullptr, uses->span),
                 .inputs = std::move(inputs.value),
                 .rule = read_rule(entry, reach),
                 .span = entry.key_span};
}

GateRule Gates::read_rule(const yaml::Entry& entry, const Reach& reach) const {
  auto fixed = reach;
  fixed.allowed = roots::fixed | (reach.allowed & roots::each);
  const auto names = inputs_.scope.names(fixed);
  Spanned written{.kind = Spanned::Kind::map, .span = entry.key_span};
  for (const auto& key : entry.value.entries)
    if (key.key != "with")
      written.entries.push_back(
          {key.key, key.key_span, inputs_.reader.read(key.value, find_field(gate_fields(), key.key), names)});
  ShapeContext context{.findings = inputs_.findings};
  const Where where{.noun = "gate", .name = entry.key};
  return gate_rule_of(shape_members(gate_fields(), {}, written, where, context));
}

std::optional<GateUse> Gates::use(const yaml::Node& name, std::string_view step, const Reach& reach) {
  if (!name.is_scalar()) return std::nullopt;
  const auto* gates = inputs_.merged.find("gates");
  const auto* entry = gates ? gates->entry(name.text) : nullptr;
  if (!entry) {
    std::vector<std::string> known;
    if (gates)
      for (const auto& gate : gates->entries) known.push_back(gate.key);
    inputs_.findings.error("D0508", name.span,
                           fmt::format("step '{}' uses gate '{}', which is not declared", step, name.text),
                           "no such gate", similar_help(name.text, known, "gate", "gates"));
    return std::nullopt;
  }
  return is_judged_here(entry->value) ? read(*entry, reach) : std::nullopt;
}

void Gates::check_all() {
  const auto* gates = inputs_.merged.find("gates");
  if (!gates) return;
  for (const auto& entry : gates->entries)
    read(entry, {.allowed = roots::input, .knowledge = inputs_.knowledge});
}

} // namespace deployctl::config
