#include "providers/compose/differences.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "base/field_diff.hpp"
#include "base/members.hpp"

namespace deployctl::providers::compose {
namespace {

const Value nothing_there;

const Value& under_key(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? *found : nothing_there;
}

// One service that is in both. What its definition became is in the files; here only that it did.
void add_service(std::vector<FieldChange>& fields, const std::string& name, const Value& before,
                 const Value& after) {
  if (text_at(before, "image") != text_at(after, "image"))
    fields.push_back(
        {.path = "images." + name, .before = text_at(before, "image"), .after = text_at(after, "image")});
  const std::string path = "services." + name;
  const Value& was = under_key(before, "environment");
  const Value& is = under_key(after, "environment");
  if (was != is) fields.push_back({.path = path + ".environment", .before = was, .after = is});
  if (text_at(before, "definition") != text_at(after, "definition"))
    fields.push_back({.path = path + ".definition", .before = "as it was released", .after = "changed"});
}

std::vector<FieldChange> service_changes_of(const Value& before, const Value& after) {
  std::set<std::string> names;
  for (const Value* services : {&before, &after})
    if (services->map())
      for (const auto& [name, service] : *services->map()) names.insert(name);
  std::vector<FieldChange> fields;
  for (const std::string& name : names) {
    const Value* was = before.find(name);
    const Value* is = after.find(name);
    if (was && is) {
      add_service(fields, name, *was, *is);
      continue;
    }
    fields.push_back({.path = "services." + name,
                      .before = was ? Value("runs") : Value(),
                      .after = is ? Value("runs") : Value()});
    const Value image = is ? Value(text_at(*is, "image")) : Value();
    if (is) fields.push_back({.path = "images." + name, .before = Value(), .after = image});
  }
  return fields;
}

std::vector<FieldChange> volume_changes_of(const Value& before, const Value& after) {
  std::vector<FieldChange> fields;
  if (after.map())
    for (const auto& [key, name] : *after.map())
      if (!before.find(key)) fields.push_back({.path = "volumes." + key, .before = Value(), .after = name});
  if (before.map())
    for (const auto& [key, name] : *before.map())
      if (!after.find(key))
        fields.push_back({.path = "volumes." + key, .before = name, .after = "kept, and used by nobody"});
  return fields;
}

// The files and variables, by what the live release says of itself and what its files are now.
std::vector<FieldChange> content_changes_of(const Value& revision, const Observation& seen) {
  static const std::array<Field, 2> table = {
      Field{.name = "files", .type = FieldType::tree, .help = "The files of the release."},
      Field{.name = "env",
            .type = FieldType::map,
            .help = "The variables.",
            .element = {{.name = "env", .help = "One variable.", .secret = SecretUse::value}}}};
  const Value none = Value::Map{{"files", Value::Map{{"entries", Value::Map{}}}}, {"env", Value::Map{}}};
  std::vector<FieldChange> fields = diff_fields(table, seen.exists ? seen.managed : none, revision).fields;
  if (const std::string changed = text_at(seen.managed, "env_file"); !changed.empty())
    fields.push_back({.path = "env_file", .before = changed, .after = "as it was released"});
  return fields;
}

} // namespace

std::vector<FieldChange> release_changes(const Value& revision, const Observation& seen) {
  std::vector<FieldChange> fields =
      service_changes_of(under_key(seen.managed, "services"), under_key(revision, "services"));
  std::ranges::move(volume_changes_of(under_key(seen.managed, "volumes"), under_key(revision, "volumes")),
                    std::back_inserter(fields));
  std::ranges::move(content_changes_of(revision, seen), std::back_inserter(fields));
  return fields;
}

std::vector<FieldChange> running_changes(const Observation& seen) {
  std::vector<FieldChange> fields;
  const Value& running = under_key(seen.managed, "running");
  for (const std::string& service : keys_at(seen.managed, "running"))
    fields.push_back(
        {.path = "running." + service, .before = text_at(running, service), .after = "as it was released"});
  const std::string release = text_at(seen.managed, "release");
  if (const std::string up = text_at(seen.managed, "up"); seen.exists && up != release)
    fields.push_back({.path = "up", .before = up, .after = release});
  return fields;
}

std::vector<FieldChange> orphan_changes(const Observation& seen) {
  std::vector<FieldChange> fields;
  for (const std::string& name : texts_at(seen.facts, "orphans"))
    fields.push_back({.path = "orphans." + name, .before = "runs", .after = Value()});
  return fields;
}

} // namespace deployctl::providers::compose
