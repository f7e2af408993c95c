// What differs between what is there and what is wanted, field by field, by an action's field table. Pure.
// For providers (plan), the planner (why a task runs) and rollback. It decides nothing: no action, no stages.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/change.hpp>
#include <deployctl/field.hpp>

namespace deployctl {

struct FieldDiff {
  std::vector<FieldChange> fields; // in the table's order, below a field in key order
  bool replaces = false;           // at least one change is in an immutable or identity field
  bool annotations_only =
      false; // there are changes, and all are notes on the target: no deployment by themselves

  [[nodiscard]] bool empty() const { return fields.empty(); }
};

// `before` is what is there (or null: nothing), `wanted` the inputs with defaults. Rules:
//   a field absent from `wanted` is not managed and never differs; one that is there as null is to be reset;
//   fields that are not `managed` never differ: nothing on the target shows them;
//   objects are compared field by field, maps key by key (a written map is owned whole), files and trees by
//   content, mode and link ("files.bin/app", never by local path), lists and everything else whole; secrets
//   are equal when reference and version are; a text `before` is compared with the secret's version; an
//   Unknown in `wanted` is a change whose `after` is that Unknown.
FieldDiff diff_fields(std::span<const Field> table, const Value& before, const Value& wanted);

// `inputs` with the fallback of every field that is not written, in nested objects that are written too.
// Fields written as null (reset) take their fallback where there is one and stay null otherwise.
Value with_defaults(std::span<const Field> table, const Value& inputs);

// The part of `observed` that `wanted` manages: what a drift fingerprint covers.
Value managed_part(std::span<const Field> table, const Value& observed, const Value& wanted);

// The fields whose table entry says `identity`, as a map.
Value identity_part(std::span<const Field> table, const Value& inputs);

const Field* find_field(std::span<const Field> table, std::string_view name);

} // namespace deployctl
