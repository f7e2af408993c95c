#include "config/structure.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/pattern.hpp"
#include "config/language.hpp"
#include "config/reader.hpp"
#include "config/rules.hpp"
#include "config/shape.hpp"

namespace deployctl::config {

namespace {

struct StructureCheck {
  ShapeContext context;
  Where top;

  void check_root(const Spanned& root) {
    auto known = root;
    std::erase_if(known.entries, [](const SpannedEntry& e) {
      return e.key.starts_with(reserved_prefix) || e.key == "environments";
    });
    check_required_environments(root);
    // One by one, so that messages about unknown keys know every key of the top level.
    ShapeContext names = context;
    check_keys(pipeline_fields(), known, top, names);
    for (const auto& field : pipeline_fields())
      if (field.name != "environments") check_member(field, known, top, false);
    if (const auto* environments = root.entry("environments")) check_environments(*environments);
  }

  void check_member(const Field& field, const Spanned& map, const Where& where, bool overlay) {
    const auto* entry = map.entry(field.name);
    if (!entry) {
      if (field.required)
        shape_members({field}, {}, Spanned{.kind = Spanned::Kind::map, .span = map.span}, where, context);
      return;
    }
    context.overlay = overlay;
    shape(field, entry->value, Where{.around = &where, .name = entry->key}, context);
    context.overlay = false;
  }

  void check_required_environments(const Spanned& root) {
    if (root.entry("environments")) return;
    const auto* field = find_field(pipeline_fields(), "environments");
    shape_members({*field}, {}, Spanned{.kind = Spanned::Kind::map, .span = root.span}, top, context);
  }

  void check_environments(const SpannedEntry& environments) {
    const Where section{.around = &top, .name = environments.key};
    // The table's own walk would not know which keys are laid over; it judges the shell only.
    auto shell = environments.value;
    for (auto& entry : shell.entries)
      if (entry.value.kind == Spanned::Kind::map) entry.value.entries.clear();
    shape(*find_field(pipeline_fields(), "environments"), shell, section, context);
    for (const auto& entry : environments.value.entries) {
      if (entry.value.kind != Spanned::Kind::map) continue;
      const Where where{.around = &section, .noun = "environment", .name = entry.key};
      check_keys(environment_fields(), entry.value, where, context);
      const auto& overlaid = overlay_keys();
      for (const auto& field : environment_fields())
        check_member(field, entry.value, where,
                     std::find(overlaid.begin(), overlaid.end(), field.name) != overlaid.end());
    }
  }
};

} // namespace

std::vector<std::string> environments_of(const yaml::Node& root) {
  std::vector<std::string> names;
  if (const auto* environments = root.find("environments"))
    for (const auto& entry : environments->entries)
      if (entry.value.is_map()) names.push_back(entry.key);
  return names;
}

void check_structure(const yaml::Document& document, const Probes& probes, Findings& findings) {
  const Reader reader(document, findings);
  if (!document.root.is_map()) {
    if (!document.root.broken)
      findings.error("D0203", document.root.span,
                     document.root.is_null() ? "the file is empty" : "the pipeline is not a map of keys",
                     "expected keys", "begin with version: 1 and project: NAME");
    return;
  }
  auto written = reader.outline(document.root);
  std::erase_if(written.entries, [](const SpannedEntry& e) { return e.key.starts_with(reserved_prefix); });
  StructureCheck check{.context = {.findings = findings}, .top = {}};
  check.check_root(written);
  const auto environments = environments_of(document.root);
  RuleContext rules{.root = written,
                    .environments = environments,
                    .zones = probes.zones,
                    .findings = findings,
                    .known_zones = {}};
  check_rules(rules);
}

} // namespace deployctl::config
