#include "config/scope_roots.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/core.h>

#include "base/semver.hpp"
#include "config/language.hpp"
#include "config/notices.hpp"

namespace deployctl::config {

namespace {

constexpr std::string_view only_in_with = "it can be used in `with` only";

constexpr std::array<Root, 14> all_roots = {{
    {"", roots::variable, &ScopeRoots::variable, only_in_with},
    {"vars", roots::vars, &ScopeRoots::vars, only_in_with},
    {"secrets", roots::secrets, &ScopeRoots::secrets,
     "secrets enter in `with` and `providers` only, at the last moment"},
    {"environment", roots::names, &ScopeRoots::environment, only_in_with},
    {"project", roots::names, &ScopeRoots::project, only_in_with},
    {"hosts", roots::hosts, &ScopeRoots::hosts, only_in_with},
    {"host", roots::host, &ScopeRoots::host, "it can be used in `with` of actions on hosts only"},
    {"git", roots::facts, &ScopeRoots::git, only_in_with},
    {"release", roots::facts, &ScopeRoots::release, only_in_with},
    {"live", roots::facts, &ScopeRoots::live, only_in_with},
    {"run", roots::facts, &ScopeRoots::run, only_in_with},
    {"each", roots::each, &ScopeRoots::each, "it can be used in a step with `for_each` only"},
    {"steps", roots::steps, &ScopeRoots::steps,
     "outputs of steps can be used in `with` of steps and gates only"},
    {"event", event_root, &ScopeRoots::event, "it can be used in `with` of notices only"},
}};

struct GitName {
  std::string_view name;
  std::string GitFacts::*member;
  std::string_view when_empty;
};

constexpr std::array<GitName, 5> git_names = {{
    {"sha", &GitFacts::sha, "there is no commit"},
    {"short", &GitFacts::short_sha, "there is no commit"},
    {"branch", &GitFacts::branch, "HEAD is detached and no CI variable names a branch"},
    {"tag", &GitFacts::tag, "no tag points at HEAD"},
    {"describe", &GitFacts::describe, "there is no commit"},
}};

template <class Table>
std::vector<std::string> names_of(const Table& table, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto& row : table)
    if (!row.name.empty()) names.push_back(fmt::format("{}{}", prefix, row.name));
  return names;
}

std::optional<SemanticVersion> version_of(const std::string& tag) {
  return SemanticVersion::parse(tag);
}

Found wrong_name(std::string_view name, const std::vector<std::string>& known) {
  return {Answer::wrong("D0420", fmt::format("unknown name '{}'", name),
                        similar_help(name, known, "name", "names"))};
}

} // namespace

const Root* find_root(const Reference& reference) {
  const auto named = [&](const Root& root) { return !root.name.empty() && root.name == reference.root(); };
  const auto* const found = std::find_if(all_roots.begin(), all_roots.end(), named);
  const bool scalar_root = found != all_roots.end() && found->bit == roots::names;
  if (reference.kind == Reference::Kind::variable && !scalar_root) return all_roots.data();
  return found == all_roots.end() ? nullptr : found;
}

Found unknown_root(const Reference& reference) {
  if (reference.root().starts_with(reserved_prefix))
    return {Answer::wrong(
        "D0428", fmt::format("'{}' points into '{}', which is ignored", reference.name, reference.root()),
        "keys beginning with x- hold YAML anchors: use an alias (*name), or `vars`")};
  return wrong_name(reference.root(), names_of(all_roots, ""));
}

Found ScopeRoots::missing(std::string code, std::string message, std::string help) {
  if (reach.knowledge == Knowledge::offline && !reference.has_default()) return {Answer::found(""), true};
  return {Answer::absent(std::move(code), std::move(message), std::move(help))};
}

Found ScopeRoots::variable() {
  const auto& environment = scope.inputs_.facts.environment;
  const auto found = environment.find(reference.name);
  const bool usable = found != environment.end() && (!found->second.empty() || !reference.message);
  if (usable) return {Answer::found(found->second)};
  auto message = fmt::format("environment variable '{}' is not set", reference.name);
  if (reference.message) message += fmt::format(": {}", *reference.message);
  auto help = fmt::format("set it, or give a default: ${{{}:-value}}", reference.name);
  if (reach.knowledge == Knowledge::offline && !reference.has_default())
    scope.inputs_.findings.warning("D0421", place, message, help);
  return missing("D0421", std::move(message), std::move(help));
}

Found ScopeRoots::vars() {
  return scope.var(reference, place, reach);
}

Found ScopeRoots::secrets() {
  const std::string name(below_root(reference.name));
  const auto& known = scope.secret_names_;
  if (std::find(known.begin(), known.end(), name) == known.end())
    return {Answer::wrong("D0703", fmt::format("no secret '{}' is declared under 'secrets'", name),
                          similar_help(name, known, "secret", "secrets"))};
  scope.used_secrets_.insert(name);
  return {Answer::found(Secret::reference(name))};
}

Found ScopeRoots::environment() {
  if (!below_root(reference.name).empty()) return wrong_name(reference.name, {"environment"});
  return {Answer::found(scope.inputs_.environment)};
}
Found ScopeRoots::project() {
  if (!below_root(reference.name).empty()) return wrong_name(reference.name, {"project"});
  return {Answer::found(scope.inputs_.project)};
}

Found ScopeRoots::hosts() {
  const auto role = below_root(reference.name);
  const auto* hosts = scope.inputs_.roles.find(role);
  if (!hosts)
    return {Answer::wrong("D0604",
                          fmt::format("environment '{}' has no role '{}'", scope.inputs_.environment, role),
                          similar_help(role, scope.inputs_.roles.names(), "role", "roles"))};
  Value::List names;
  for (const auto& host : *hosts) names.emplace_back(host.name);
  return {Answer::found(std::move(names))};
}

Found ScopeRoots::host() {
  const auto name = below_root(reference.name);
  const std::vector<std::string> known = {"name", "address", "user", "port", "vars"};
  const auto first = name.substr(0, name.find('.'));
  if (std::find(known.begin(), known.end(), first) == known.end()) return wrong_name(name, known);
  if (!reach.on_hosts || reach.on_hosts->empty()) return {Answer::found(""), true}; // reported at `hosts`
  if (reach.on_hosts->size() > 1)
    return {Answer::wrong("D0903",
                          fmt::format("'{}' in a step on {} hosts is not in this version", reference.name,
                                      reach.on_hosts->size()),
                          "a step's inputs are the same on all its hosts: use one step a host, or for_each")};
  const auto values = host_values(reach.on_hosts->front());
  if (const auto* value = values.find_path(name)) return {Answer::found(*value)};
  return {Answer::absent("D0420", fmt::format("host '{}' has no '{}'", reach.on_hosts->front().name, name),
                         "declare it: { at: HOST, vars: { … } }, or give a default: | default('x')")};
}

Found ScopeRoots::git() {
  const auto name = below_root(reference.name);
  const auto* const row = std::find_if(git_names.begin(), git_names.end(),
                                       [&](const GitName& known) { return known.name == name; });
  if (row == git_names.end()) return wrong_name(reference.name, names_of(git_names, "git."));
  const auto& git = scope.inputs_.facts.git;
  if (!git)
    return missing("D0427", fmt::format("'{}' has no value outside a repository", reference.name),
                   "run inside the git repository, or give a default: | default('x')");
  const auto& value = (*git).*(row->member);
  if (!value.empty()) return {Answer::found(value)};
  return missing("D0427", fmt::format("'{}' has no value: {}", reference.name, row->when_empty),
                 "give a default: | default('x')");
}

Found ScopeRoots::release() {
  if (below_root(reference.name) != "version") return wrong_name(reference.name, {"release.version"});
  auto version = release_version(scope.inputs_.facts);
  if (version.empty())
    return missing("D0427", "'release.version' has no value yet", "give one with --version");
  return {Answer::found(std::move(version))};
}

Found ScopeRoots::live() {
  if (below_root(reference.name) != "version") return wrong_name(reference.name, {"live.version"});
  const auto& live = scope.inputs_.facts.live_version;
  if (live) return {Answer::found(*live)};
  return missing("D0427", "'live.version' has no value: there is no live release",
                 "give a default: | default('none')");
}

Found ScopeRoots::run() {
  if (below_root(reference.name) != "id") return wrong_name(reference.name, {"run.id"});
  const auto& id = scope.inputs_.facts.run_id;
  if (!id.empty()) return {Answer::found(id)};
  return missing("D0427", "'run.id' has no value: there is no run", "give a default: | default('none')");
}

Found ScopeRoots::each() {
  const auto name = below_root(reference.name);
  if (!reach.each) return {Answer::found(""), true};
  if (name == "name") return {Answer::found(reach.each->name)};
  if (const auto* field = reach.each->fields.find_path(name)) return {Answer::found(*field)};
  return {Answer::absent("D0420", fmt::format("item '{}' has no field '{}'", reach.each->name, name),
                         "add the field to the item, or give a default: | default('x')")};
}

Found ScopeRoots::steps() {
  return reach.steps ? reach.steps(reference, place) : Found{Answer::found(""), true};
}

// Known when there is something to tell: until then as the output of a step is.
Found ScopeRoots::event() {
  const std::string name(below_root(reference.name));
  const auto known = names_of(event_names, "");
  if (std::find(known.begin(), known.end(), name) == known.end())
    return wrong_name(reference.name, names_of(event_names, "event."));
  return {Answer::found(Unknown{"event", name, fmt::format("${{steps.event.{}}}", name)})};
}

std::string release_version(const Facts& facts) {
  if (facts.version) return *facts.version;
  if (!facts.git) return facts.run_id;
  const auto dirt = facts.git->describe.find("-dirty");
  const auto suffix =
      facts.git->dirty && dirt != std::string::npos ? facts.git->describe.substr(dirt) : std::string{};
  std::optional<SemanticVersion> highest;
  std::string version;
  for (const auto& tag : facts.git->tags) {
    auto candidate = version_of(tag);
    if (!candidate || (highest && *candidate <= *highest)) continue;
    highest = std::move(candidate);
    version = tag;
  }
  return version.empty() ? facts.git->describe : version + suffix;
}

} // namespace deployctl::config
