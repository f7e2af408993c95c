#include "config/identity.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "base/field_diff.hpp"
#include "base/json.hpp"

namespace deployctl::config {

namespace {

// None while it is not known, or when the action owns nothing.
std::optional<std::string> identity_of(const Step& step, const Description& action) {
  if (action.kind != Kind::resource && action.kind != Kind::artifact) return std::nullopt;
  auto fields = action.fields;
  std::erase_if(fields, [](const Field& field) { return !field.identity || field.type == FieldType::hosts; });
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
  for (const auto& step : steps) {
    const auto* provider = find_provider(catalog, step.action);
    const auto identity = provider ? identity_of(step, provider->description) : std::nullopt;
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
