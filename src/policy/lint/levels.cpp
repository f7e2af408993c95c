#include "policy/lint/levels.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/glob.hpp"
#include "base/strings.hpp"

namespace deployctl::policy::lint {
namespace {

std::string text_of(const yaml::Node* node) {
  return node && node->is_scalar() ? node->text : std::string();
}

// "error", "warning" or "off", of `RULE: level` and of `RULE: { level, … }`.
std::string level_of(const yaml::Node& value) {
  return value.is_map() ? text_of(value.find("level")) : text_of(&value);
}

std::optional<Severity> severity_of(std::string_view level) {
  if (level == "error") return Severity::error;
  return level == "warning" ? std::optional(Severity::warning) : std::nullopt;
}

bool is_below(std::string_view level, const Rule& rule) {
  return level == "off" || (level == "warning" && rule.level == Severity::error);
}

void check_entry(const yaml::Entry& entry, Findings& findings) {
  const Findings::Place key{entry.key_span.begin, entry.key_span.end};
  const Rule* rule = find_rule(entry.key);
  if (!rule) {
    std::vector<std::string> names;
    for (const Rule& each : rules()) names.emplace_back(each.name);
    const std::vector<std::string> similar = similar_names(entry.key, names);
    findings.add(code::no_such_rule, key, fmt::format("there is no rule '{}'", entry.key),
                 similar.empty() ? "name one by its code or name, as 'deployctl lint' shows it"
                                 : fmt::format("similar names exist: '{}'", join(similar, "', '")));
    return;
  }
  if (is_below(level_of(entry.value), *rule) && trim(text_of(entry.value.find("why"))).empty())
    findings.add(code::waiver_without_reason, key,
                 fmt::format("'{}' gets a lower level without a reason", entry.key),
                 fmt::format("write {}: {{ level: {}, why: … }}", entry.key, level_of(entry.value)));
}

} // namespace

Levels Levels::of(const yaml::Node& pipeline, std::string_view environment) {
  Levels levels;
  levels.lay_over(pipeline.find("policy"));
  const yaml::Node* environments = pipeline.find("environments");
  const yaml::Node* own = environments ? environments->find(environment) : nullptr;
  if (own) levels.lay_over(own->find("policy"));
  return levels;
}

void Levels::lay_over(const yaml::Node* policy) {
  if (!policy) return;
  for (const yaml::Entry& entry : policy->entries) {
    const Rule* rule = find_rule(entry.key);
    const auto known =
        std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) { return row.rule == rule; });
    if (known != rows_.end()) rows_.erase(known);
    const std::string level = level_of(entry.value);
    if (!rule || (level != "off" && !severity_of(level))) continue;
    Row row{.rule = rule, .level = severity_of(level), .why = text_of(entry.value.find("why")), .paths = {}};
    if (const yaml::Node* paths = entry.value.find("paths"))
      for (const yaml::Node& path : paths->items) row.paths.push_back(path.text);
    rows_.push_back(std::move(row));
  }
}

const Levels::Row* Levels::row_for(const Diagnostic& finding, const std::vector<Source>& sources) const {
  const std::string& path = sources.at(finding.span.source).name;
  const auto row = std::find_if(rows_.begin(), rows_.end(), [&](const Row& each) {
    return each.rule->code == finding.code &&
           (each.paths.empty() ||
            std::any_of(each.paths.begin(), each.paths.end(),
                        [&](const std::string& glob) { return glob_matches(glob, path); }));
  });
  return row == rows_.end() ? nullptr : &*row;
}

void Levels::apply(const std::vector<Source>& sources, Settled& settled) const {
  std::vector<Diagnostic> standing;
  for (Diagnostic& finding : settled.findings) {
    const Row* row = row_for(finding, sources);
    if (row && !row->level) {
      settled.waived.push_back({.finding = std::move(finding), .why = row->why, .by_policy = true});
      continue;
    }
    if (row) finding.severity = *row->level;
    standing.push_back(std::move(finding));
  }
  settled.findings = std::move(standing);
}

void check_policy(const yaml::Node& pipeline, Findings& findings) {
  std::vector<const yaml::Node*> policies = {pipeline.find("policy")};
  if (const yaml::Node* environments = pipeline.find("environments"))
    for (const yaml::Entry& environment : environments->entries)
      policies.push_back(environment.value.find("policy"));
  for (const yaml::Node* policy : policies) {
    if (!policy) continue;
    for (const yaml::Entry& entry : policy->entries)
      if (!entry.value.is_null()) check_entry(entry, findings);
  }
}

} // namespace deployctl::policy::lint
