#include "scenarios/world_text.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"
#include "base/strings.hpp"

namespace deployctl::scenarios {
namespace {

std::string value_text(const Value& fields) {
  const Value* value = fields.find("value");
  if (!value) return "nothing";
  return value->text() ? *value->text() : to_json(*value);
}

} // namespace

std::string thing_text(const std::optional<simulated::Thing>& thing) {
  if (!thing) return "not there";
  std::string text = value_text(thing->managed);
  if (thing->progress < 100)
    text.append(", ")
        .append(std::to_string(thing->progress))
        .append("% on ")
        .append(value_text(thing->staged));
  if (!thing->healthy) text.append(", not healthy");
  return text;
}

std::vector<std::string> things_text(const std::map<std::string, simulated::Thing>& things) {
  using Group = std::pair<std::string, std::string>; // what it is, what it holds
  std::vector<std::pair<Group, std::vector<std::string>>> groups;
  for (const auto& [name, thing] : things) {
    const auto at = name.find('@');
    Group group{name.substr(name.find('/') + 1, at == std::string::npos ? at : at - name.find('/') - 1),
                thing_text(thing)};
    if (name.starts_with("sim.artifact/")) continue;
    auto known =
        std::find_if(groups.begin(), groups.end(), [&](const auto& each) { return each.first == group; });
    if (known == groups.end()) known = groups.insert(groups.end(), {std::move(group), {}});
    if (at != std::string::npos) known->second.push_back(name.substr(at + 1));
  }
  std::vector<std::string> lines;
  for (const auto& [group, hosts] : groups)
    lines.push_back(group.first + ": " + group.second + (hosts.empty() ? "" : " on " + join(hosts, ", ")));
  return lines;
}

} // namespace deployctl::scenarios
