#include "providers/ownership.hpp"

#include <array>

#include "base/members.hpp"
#include "base/strings.hpp"

namespace deployctl::providers {
namespace {

Field account(std::string name, std::string help, std::string example) {
  return {.name = std::move(name),
          .help = std::move(help),
          .example = std::move(example),
          .pattern = "[A-Za-z0-9_][A-Za-z0-9_.-]*"};
}

} // namespace

Field owner_field() {
  return account("owner", "The user over there who owns it, a name or a number; needs root.", "www-data");
}

Field group_field() {
  return account("group", "The group over there that owns it, a name or a number.", "www-data");
}

void read_ownership(const Line& line, Value& facts) {
  if (line.key != "owner" && line.key != "group") return;
  const auto words = split(line.rest, ' ');
  if (words.size() != 2) return;
  const bool has_name = words[0] != "UNKNOWN";
  facts[line.key] = has_name ? words[0] : words[1];
  facts[std::string(line.key) + "_id"] = words[1];
}

void manage_ownership(const Value& inputs, Observation& seen) {
  for (const char* name : {"owner", "group"})
    if (const Value* now = seen.facts.find(name); now && seen.exists && !text_at(inputs, name).empty())
      seen.managed[name] = *now;
}

std::vector<FieldChange> ownership_changes(const Ownership& wanted, const Observation& seen) {
  std::vector<FieldChange> changes;
  const std::array<std::pair<const char*, const std::string*>, 2> asked = {
      {{"owner", &wanted.owner}, {"group", &wanted.group}}};
  for (const auto& [name, value] : asked) {
    const std::string now = text_at(seen.facts, name);
    if (value->empty() || *value == now || *value == text_at(seen.facts, std::string(name) + "_id")) continue;
    changes.push_back({.path = name, .before = now.empty() ? Value() : Value(now), .after = *value});
  }
  return changes;
}

} // namespace deployctl::providers
