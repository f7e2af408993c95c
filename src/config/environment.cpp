#include "config/environment.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "config/gates.hpp"
#include "config/graph.hpp"
#include "config/identity.hpp"
#include "config/instances.hpp"
#include "config/language.hpp"
#include "config/notices.hpp"
#include "config/overlay.hpp"
#include "config/read_rules.hpp"
#include "config/secrets.hpp"
#include "config/steps.hpp"
#include "config/structure.hpp"

namespace deployctl::config {

namespace {

std::string text_or_empty(const Value& value) {
  return value.text() ? *value.text() : std::string();
}

// Hosts may use variables and the environment's facts, never each other.
Roles read_roles(const yaml::Node& environment, Scope& scope, const Reader& reader, Knowledge knowledge,
                 Findings& findings) {
  const auto* hosts = environment.find("hosts");
  if (!hosts || !hosts->is_map()) return {};
  return Roles::read(
      reader.read(*hosts, nullptr, scope.names({.allowed = roots::store, .knowledge = knowledge})), findings);
}

// The pieces of one reading; each knows only what its constructor names.
struct Reading {
  const Subject& subject;
  std::string_view environment;
  Knowledge knowledge;
  Findings& findings;
  const yaml::Node& own;
  const yaml::Node merged;
  const std::vector<std::string> environments;
  const Reader reader;
  Roles roles = {};
  Scope scope;
  Instances instances;
  const ActionReading actions;
  Gates gates;

  Reading(const Subject& about, std::string_view name, Knowledge known, Findings& found,
          const yaml::Node& environment_node)
      : subject(about), environment(name), knowledge(known), findings(found), own(environment_node),
        merged(overlaid(about.document.root, environment_node, found)),
        environments(environments_of(about.document.root)), reader(about.document, found),
        scope({.merged = merged,
               .environment = name,
               .project = project(),
               .facts = about.facts,
               .roles = roles,
               .reader = reader,
               .findings = found}),
        instances({.merged = merged,
                   .catalog = about.catalog,
                   .scope = scope,
                   .reader = reader,
                   .probes = about.probes,
                   .findings = found,
                   .knowledge = known}),
        actions({.merged = merged,
                 .environment = name,
                 .catalog = about.catalog,
                 .scope = scope,
                 .reader = reader,
                 .instances = instances,
                 .probes = about.probes,
                 .findings = found,
                 .knowledge = known}),
        gates(actions) {
    roles = read_roles(own, scope, reader, knowledge, findings);
  }

  [[nodiscard]] std::string_view project() const {
    const auto* node = merged.find("project");
    return node && node->is_scalar() ? std::string_view(node->text) : std::string_view{};
  }

  // One key of the top level or of the environment itself.
  [[nodiscard]] Value key(const yaml::Node& map, const std::vector<Field>& fields, std::string_view name) {
    const auto* node = map.find(name);
    if (!node || node->is_null()) return {};
    const auto* field = find_field(fields, name);
    const auto written = reader.read(*node, field, scope.names({.knowledge = knowledge}));
    ShapeContext context{.findings = findings};
    const Where around{.noun = "environment", .name = environment};
    return shape(*field, written, Where{.around = &map == &own ? &around : nullptr, .name = name}, context);
  }

  void check_given_variables() {
    if (knowledge == Knowledge::offline) return;
    std::vector<std::string> names;
    if (const auto* vars = merged.find("vars"))
      for (const auto& entry : vars->entries) names.push_back(entry.key);
    for (const auto& [name, value] : subject.facts.set)
      if (std::find(names.begin(), names.end(), name) == names.end())
        report_undeclared(name, names, merged.entry("vars"), findings);
  }

  void check_unused() {
    if (knowledge != Knowledge::offline) return;
    gates.check_all();
    instances.check_all();
    if (const auto* vars = merged.find("vars"))
      for (const auto& entry : vars->entries)
        static_cast<void>(reader.read(entry.value, nullptr, scope.names({.knowledge = knowledge})));
  }

  // Steps and last steps with what they wait for; the others as absent.
  static void put_in_order(const Outline& outline, const Links& links, std::vector<std::optional<Step>> read,
                           Pipeline& out) {
    const auto& all = outline.instances();
    const auto needs = present_needs(outline, links.edges());
    for (std::size_t i = 0; i < read.size(); ++i) {
      const auto& step = *all[i].step;
      if (!read[i]) {
        if (!step.is_finally) out.absent.push_back({all[i].id, step.why});
        continue;
      }
      for (const auto needed : needs[i])
        if (all[needed].step->is_finally == step.is_finally) read[i]->needs.push_back(all[needed].id);
      (step.is_finally ? out.finally : out.steps).push_back(*std::move(read[i]));
    }
  }

  void read_steps(Pipeline& out) {
    const Outline outline({.merged = merged,
                           .environment = environment,
                           .environments = environments,
                           .facts = subject.facts,
                           .catalog = subject.catalog,
                           .scope = scope,
                           .reader = reader,
                           .findings = findings,
                           .knowledge = knowledge});
    Links links({.outline = outline,
                 .facts = subject.facts,
                 .environment = environment,
                 .knowledge = knowledge,
                 .findings = findings});
    StepReader steps({.environment = environment,
                      .outline = outline,
                      .scope = scope,
                      .reader = reader,
                      .roles = roles,
                      .instances = instances,
                      .gates = gates,
                      .links = links,
                      .probes = subject.probes,
                      .findings = findings,
                      .knowledge = knowledge});
    const auto& instances_of_steps = outline.instances();
    std::vector<std::optional<Step>> read(instances_of_steps.size());
    for (std::size_t i = 0; i < read.size(); ++i) {
      if (instances_of_steps[i].step->present)
        read[i] = steps.read(i);
      else
        steps.link_absent(i);
    }
    report_cycles(outline, links.edges(), findings);
    put_in_order(outline, links, std::move(read), out);
  }
};

} // namespace

void report_undeclared(const std::string& name, const std::vector<std::string>& names,
                       const yaml::Entry* vars, Findings& findings) {
  findings.error("D0431", vars ? vars->key_span : Span{},
                 fmt::format("--set names '{}', which is not declared under 'vars'", name), "declare it here",
                 similar_help(name, names, "variable", "variables"));
}

Pipeline read_environment(const Subject& subject, std::string_view environment, Knowledge knowledge,
                          Findings& findings) {
  const auto* declared = subject.document.root.find("environments");
  const auto& own = *declared->find(environment);
  Reading reading(subject, environment, knowledge, findings, own);
  Pipeline out{.project = std::string(reading.project()),
               .environment = std::string(environment),
               .is_protected = reading.key(own, environment_fields(), "protected") == Value(true),
               .from = text_or_empty(reading.key(own, environment_fields(), "from")),
               .allow = read_allow(reading.key(own, environment_fields(), "allow")),
               .approval = read_approval(reading.key(own, environment_fields(), "approval")),
               .freeze = read_freeze(reading.key(own, environment_fields(), "freeze")),
               .hosts = reading.roles.all()};
  reading.check_given_variables();
  reading.read_steps(out);
  check_identities(out.steps, subject.catalog, findings);
  out.notify = read_notices(reading.actions);
  reading.check_unused();
  out.secrets =
      read_secrets(reading.merged, reading.scope, reading.reader, reading.instances, knowledge, findings);
  reading.instances.choose_transport();
  out.instances = reading.instances.used();
  out.on_failure = reading.key(reading.merged, pipeline_fields(), "on_failure") == Value("stop")
                       ? OnFailure::stop
                       : OnFailure::rollback;
  out.release_version = reading.scope.release_version();
  return out;
}

} // namespace deployctl::config
