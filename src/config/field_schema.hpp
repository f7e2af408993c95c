// One field of a table as JSON Schema (draft-07). Only for schema.cpp.
#pragma once

#include <vector>

#include <deployctl/field.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

// An overlay lies over a whole: nothing is required in it, and null removes.
enum class SchemaUse { whole, overlay };

Value field_schema(const Field& field, SchemaUse use);
// A map of exactly these fields, without those of later versions.
Value members_schema(const std::vector<Field>& fields, SchemaUse use);
// {"anyOf": [...]}, or the one alternative alone.
Value any_of(Value::List alternatives);

} // namespace deployctl::config
