#include "config/load.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/core.h>

#include "config/digest.hpp"
#include "config/environment.hpp"
#include "config/findings.hpp"
#include "config/shape.hpp"
#include "config/structure.hpp"
#include "yaml/document.hpp"

namespace deployctl::config {

namespace {

// Asks for each path once: the same inputs are read for every environment, and hashing a tree takes a while.
class RememberedFiles : public FileProbe {
public:
  explicit RememberedFiles(const FileProbe& files) : files_(files) {}

  Result<Value> file(const std::string& path) const override {
    const auto found = known_files_.find(path);
    return found != known_files_.end() ? found->second
                                       : known_files_.emplace(path, files_.file(path)).first->second;
  }
  Result<Value> tree(const std::string& path) const override {
    const auto found = known_trees_.find(path);
    return found != known_trees_.end() ? found->second
                                       : known_trees_.emplace(path, files_.tree(path)).first->second;
  }
  bool exists(const std::string& path) const override { return files_.exists(path); }

private:
  const FileProbe& files_;
  mutable std::map<std::string, Result<Value>> known_files_;
  mutable std::map<std::string, Result<Value>> known_trees_;
};

void report_environment(std::string_view environment, const std::vector<std::string>& names,
                        const yaml::Document& document, Findings& findings) {
  const auto* section = document.root.entry("environments");
  findings.error("D0609", section ? section->key_span : Span{},
                 fmt::format("no environment '{}' is declared", environment), "declared here",
                 similar_help(environment, names, "environment", "environments"));
}

// What is wrong in any environment, whatever is known about the world. Warnings are for `validate` alone.
void check_environments(const Subject& subject, bool with_warnings, Findings& findings) {
  for (const auto& name : environments_of(subject.document.root)) {
    Findings own;
    read_environment(subject, name, Knowledge::offline, own);
    for (auto& diagnostic : std::move(own).by_position())
      if (with_warnings || diagnostic.severity == Severity::error) findings.add(std::move(diagnostic));
  }
}

// Offline `--set` may speak about any environment's variables.
void check_given_variables(const Subject& subject, Findings& findings) {
  const auto& root = subject.document.root;
  std::vector<std::string> names;
  const auto collect = [&](const yaml::Node& map) {
    if (const auto* vars = map.find("vars"))
      for (const auto& entry : vars->entries) names.push_back(entry.key);
  };
  collect(root);
  if (const auto* environments = root.find("environments"))
    for (const auto& entry : environments->entries) collect(entry.value);
  for (const auto& [name, value] : subject.facts.set)
    if (std::find(names.begin(), names.end(), name) == names.end())
      report_undeclared(name, names, root.entry("vars"), findings);
}

bool is_known(std::string_view name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

} // namespace

Outcome load(const Subject& subject, std::string_view environment) {
  const RememberedFiles files(subject.probes.files);
  const Probes probes{.files = files, .zones = subject.probes.zones};
  const Subject remembered{subject.document, subject.facts, subject.catalog, probes};
  Findings findings;
  Outcome out;
  check_structure(subject.document, probes, findings);
  const auto names = environments_of(subject.document.root);
  if (is_known(environment, names))
    out.pipeline = read_environment(remembered, environment, Knowledge::strict, findings);
  else if (subject.document.root.is_map())
    report_environment(environment, names, subject.document, findings);
  check_environments(remembered, false, findings);
  if (findings.errors() > 0) out.pipeline.reset();
  if (out.pipeline) out.pipeline->digest = digest_of(*out.pipeline);
  out.diagnostics = std::move(findings).by_position();
  return out;
}

std::vector<Diagnostic> validate(const Subject& subject) {
  const RememberedFiles files(subject.probes.files);
  const Probes probes{.files = files, .zones = subject.probes.zones};
  Findings findings;
  check_structure(subject.document, probes, findings);
  check_given_variables(subject, findings);
  check_environments({subject.document, subject.facts, subject.catalog, probes}, true, findings);
  return std::move(findings).by_position();
}

std::vector<std::string> environment_names(const yaml::Document& document) {
  return environments_of(document.root);
}

Result<bool> is_environment(std::string_view name, const yaml::Document& document, const FileProbe& files) {
  const auto names = environments_of(document.root);
  const bool environment = is_known(name, names);
  const bool file = files.exists(std::string(name));
  if (environment && file)
    return fail(Cause::config, fmt::format("'{}' is both an environment and a file", name),
                fmt::format("write ./{} for the file, or rename it", name));
  if (!environment && !file)
    return fail(Cause::config, fmt::format("no environment and no file '{}' exists", name),
                similar_help(name, names, "environment", "environments"));
  return environment;
}

Result<Value> finish_inputs(const Description& description, const Value& inputs, const FileProbe& files) {
  Findings findings;
  ShapeContext context{.findings = findings, .action = description.name, .files = &files};
  const Where where{.noun = "action", .name = description.name};
  auto finished = shape_members(description.fields, description.groups, spanned(inputs, {}), where, context);
  if (findings.errors() == 0 && description.check)
    for (const auto& problem : description.check(finished))
      findings.error("D0323", {}, fmt::format("{}: {}", where.text(), problem.message), {}, problem.help);
  if (findings.errors() == 0) return finished;
  const auto first = std::move(findings).by_position().front();
  return fail(Cause::config, first.message, first.help);
}

} // namespace deployctl::config
