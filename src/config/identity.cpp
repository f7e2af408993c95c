#include "config/identity.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/json.hpp"

namespace deployctl::config {

namespace {

// The fields that say which real thing it is; where it is, is told by the hosts. None for actions that own
// nothing.
std::vector<Field> identity_fields(const Provider* provider) {
  if (!provider) return {};
  const auto& action = provider->description;
  if (action.kind != Kind::resource && action.kind != Kind::artifact) return {};
  std::vector<Field> fields;
  std::copy_if(action.fields.begin(), action.fields.end(), std::back_inserter(fields),
               [](const Field& field) { return field.identity && field.type != FieldType::hosts; });
  return fields;
}

// None while it is not known.
std::optional<std::string> identity_of(const Step& step, const std::vector<Field>& fields) {
  if (fields.empty()) return std::nullopt;
  const auto part = identity_part(fields, with_defaults(fields, step.inputs));
  bool known = true;
  for_each_unknown(part, [&](const Unknown&) { known = false; });
  if (!known) return std::nullopt;
  return fmt::format("{}|{}|{}", step.action, step.instance, to_json(part));
}

std::vector<std::string> places_of(const Step& step) {
  std::vector<std::string> names;
  for (const auto& host : step.hosts) names.push_back(host.name);
  if (names.empty()) names.emplace_back();
  return names;
}

} // namespace

void check_identities(const std::vector<Step>& steps, const Catalog& catalog, Findings& findings) {
  std::map<std::string, const Step*> owners;
  std::map<std::string, std::vector<Field>> fields_of_action;
  for (const auto& step : steps) {
    auto known = fields_of_action.find(step.action);
    if (known == fields_of_action.end())
      known =
          fields_of_action.emplace(step.action, identity_fields(find_provider(catalog, step.action))).first;
    const auto identity = identity_of(step, known->second);
    if (!identity) continue;
    for (const auto& place : places_of(step)) {
      const auto [owner, is_new] = owners.emplace(fmt::format("{}|{}", *identity, place), &step);
      if (is_new) continue;
      Diagnostic twice{
          .code = "D0504",
          .message = fmt::format("steps '{}' and '{}' are the same '{}'{}", owner->second->id, step.id,
                                 step.action, place.empty() ? "" : fmt::format(" on host '{}'", place)),
          .span = step.span,
          .label = "the second one",
          .help = "one step owns one real thing: give them different names, or make one of them"};
      twice.notes.push_back({fmt::format("'{}' is declared here", owner->second->id), owner->second->span});
      findings.add(std::move(twice));
      break;
    }
  }
}

} // namespace deployctl::config
