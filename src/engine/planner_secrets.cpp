#include "engine/planner_secrets.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace deployctl::engine {
namespace {

// Secret leaves of many inputs: by the text they make up, and by the names in them.
struct SecretUses {
  std::map<std::string, std::set<std::string>> versions; // by text
  std::map<std::string, std::set<std::string>> texts;    // by name

  void add(const Value& inputs) {
    for_each_secret(inputs, [&](const Secret& secret) {
      std::string text;
      for (const Secret::Part& part : secret.parts())
        text += part.name.empty() ? "=" + part.literal + "\n" : "$" + part.name + "\n";
      versions[text].insert(secret.version());
      for (const Secret::Part& part : secret.parts())
        if (!part.name.empty()) texts[part.name].insert(text);
    });
  }
};

bool differs(const std::string& name, const SecretUses& before, const SecretUses& now) {
  const auto used = now.texts.find(name);
  if (used == now.texts.end()) return false; // for connections only: not recorded
  return std::ranges::any_of(used->second, [&](const std::string& text) {
    const auto known = before.versions.find(text);
    return known != before.versions.end() && known->second != now.versions.at(text);
  });
}

// The steps of a rollback's pipeline have the inputs of the release gone back to, with the versions of then.
SecretUses wanted_back(const PlanRequest& request) {
  SecretUses wanted;
  if (request.operation == "rollback" && !request.target_release.empty())
    for (const config::Step& step : request.pipeline.steps) wanted.add(step.inputs);
  return wanted;
}

std::string change_of(const std::string& name, const SecretUses& live, const SecretUses& now) {
  if (!live.texts.contains(name)) return "new";
  return differs(name, live, now) ? "rotated" : "same";
}

} // namespace

std::vector<plan::PlannedSecret> planned_secrets(const PlanRequest& request,
                                                 const std::vector<plan::PlannedStep>& steps) {
  SecretUses live;
  if (request.live)
    for (const state::ReleaseStep& step : request.live->steps) live.add(step.inputs);
  SecretUses now;
  for (const plan::PlannedStep& step : steps)
    if (step.status != plan::StepStatus::gone) now.add(step.inputs);

  const SecretUses wanted = wanted_back(request);
  std::vector<plan::PlannedSecret> result;
  std::set<std::string> declared;
  for (const config::SecretDeclaration& secret : request.pipeline.secrets) {
    const auto version = request.secret_versions.find(secret.name);
    declared.insert(secret.name);
    result.push_back(
        {.name = secret.name,
         .reference = secret.reference,
         .version = version == request.secret_versions.end() ? "" : version->second,
         .change = differs(secret.name, wanted, now) ? "kept" : change_of(secret.name, live, now)});
  }
  for (const auto& [name, texts] : live.texts)
    if (!declared.contains(name))
      result.push_back({.name = name, .reference = {}, .version = {}, .change = "removed"});
  return result;
}

} // namespace deployctl::engine
