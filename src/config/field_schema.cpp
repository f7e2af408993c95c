#include "config/field_schema.hpp"

#include <array>

#include <fmt/core.h>

#include "base/json.hpp"
#include "config/language.hpp"

namespace deployctl::config {
namespace {

// Interpolation may stand for any value, so every type has a text form too.
constexpr std::string_view interpolation = "\\$\\{";

Value typed(std::string_view type) {
  return Value::Map{{"type", Value(type)}};
}

Value text_like(std::string_view pattern) {
  return Value::Map{{"type", "string"}, {"pattern", fmt::format("^(?:{})$|{}", pattern, interpolation)}};
}

Value interpolated() {
  return Value::Map{{"type", "string"}, {"pattern", Value(interpolation)}};
}

Value list_of(Value items, const Field& field, std::int64_t least) {
  Value out = typed("array");
  out["items"] = std::move(items);
  least = field.least.value_or(least);
  if (least > 0) out["minItems"] = least;
  if (field.most) out["maxItems"] = *field.most;
  return out;
}

Value boolean_schema(const Field&, SchemaUse) {
  return any_of({typed("boolean"), text_like("true|false")});
}

Value bounded(std::string_view type, std::string_view pattern, const Field& field) {
  Value number = typed(type);
  if (field.least) number["minimum"] = *field.least;
  if (field.most) number["maximum"] = *field.most;
  return any_of({std::move(number), text_like(pattern)});
}

Value integer_schema(const Field& field, SchemaUse) {
  return bounded("integer", "-?(0|[1-9][0-9]*)", field);
}

Value number_schema(const Field& field, SchemaUse) {
  return bounded("number", "-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?", field);
}

// Unquoted numbers and booleans are text where text is wanted; a pattern speaks about strings only.
Value text_schema(const Field& field, SchemaUse) {
  Value out = Value::Map{{"type", Value::List{"string", "number", "boolean"}}};
  if (!field.pattern.empty()) out["pattern"] = fmt::format("^(?:{})$|{}", field.pattern, interpolation);
  return out;
}

Value duration_schema(const Field&, SchemaUse) {
  return text_like("[0-9]+(ms|s|m|h|d)");
}
Value size_schema(const Field&, SchemaUse) {
  return text_like("[0-9]+(B|[kMGT]B|[KMGT]iB)");
}
Value percent_schema(const Field&, SchemaUse) {
  return text_like("[0-9]+%");
}
Value url_schema(const Field&, SchemaUse) {
  return text_like(R"([a-z0-9+.-]+://[^ \t\r\n]+)");
}
Value script_schema(const Field&, SchemaUse) {
  return typed("string");
}

Value choice_schema(const Field& field, SchemaUse) {
  const Value words = Value::Map{{"enum", Value::List(field.choices.begin(), field.choices.end())}};
  return any_of({words, interpolated()});
}

Value argv_schema(const Field& field, SchemaUse use) {
  return any_of({list_of(text_schema(field, use), field, 1), interpolated()});
}

Value hosts_schema(const Field& field, SchemaUse use) {
  return any_of({text_schema(field, use), list_of(text_schema(field, use), field, 1)});
}

Value list_schema(const Field& field, SchemaUse) {
  // Lists replace each other, so their items are whole also in an overlay.
  const Value items =
      field.element.empty() ? Value(true) : field_schema(field.element.front(), SchemaUse::whole);
  return any_of({list_of(items, field, 0), interpolated()});
}

Value map_schema(const Field& field, SchemaUse use) {
  Value out = typed("object");
  out["additionalProperties"] =
      field.element.empty() ? Value(true) : field_schema(field.element.front(), use);
  if (!field.pattern.empty())
    out["propertyNames"] = Value::Map{{"pattern", fmt::format("^(?:{})$", field.pattern)}};
  if (use == SchemaUse::whole && field.least) out["minProperties"] = *field.least;
  return any_of({std::move(out), interpolated()});
}

Value object_schema(const Field& field, SchemaUse use) {
  return any_of({members_schema(field.fields, use), interpolated()});
}

Value any_schema(const Field& field, SchemaUse use) {
  if (field.element.empty())
    return Value::Map{{"type", Value::List{"string", "number", "boolean", "array", "object"}}};
  Value::List shapes;
  for (const Field& shape : field.element)
    if (in_this_version(shape.since)) shapes.push_back(field_schema(shape, use));
  return any_of(std::move(shapes));
}

// In the order of FieldType.
constexpr std::array<Value (*)(const Field&, SchemaUse), 19> writers = {
    any_schema,     boolean_schema, integer_schema, number_schema, text_schema,  duration_schema, size_schema,
    percent_schema, choice_schema,  url_schema,     text_schema,   argv_schema,  script_schema,   text_schema,
    text_schema,    hosts_schema,   list_schema,    map_schema,    object_schema};
static_assert(static_cast<std::size_t>(FieldType::object) + 1 == writers.size());

std::string described(const Field& field) {
  std::string out = field.help;
  if (!field.example.empty()) out += "\n\nExample: `" + field.example + "`";
  if (field.fallback) out += "\n\nDefault: `" + to_json(*field.fallback, JsonMode::plain) + "`";
  return out;
}

} // namespace

Value any_of(Value::List alternatives) {
  if (alternatives.size() == 1) return std::move(alternatives.front());
  return Value::Map{{"anyOf", Value(std::move(alternatives))}};
}

Value field_schema(const Field& field, SchemaUse use) {
  Value out = writers.at(static_cast<std::size_t>(field.type))(field, use);
  if (use == SchemaUse::overlay) out = any_of({std::move(out), typed("null")});
  if (!field.help.empty()) out["description"] = described(field);
  return out;
}

Value members_schema(const std::vector<Field>& fields, SchemaUse use) {
  Value properties = Value::Map{};
  Value::List required;
  for (const Field& field : fields) {
    if (!in_this_version(field.since)) continue;
    properties[field.name] = field_schema(field, use);
    if (field.required && use == SchemaUse::whole) required.emplace_back(field.name);
  }
  Value out = typed("object");
  out["properties"] = std::move(properties);
  out["additionalProperties"] = false;
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

} // namespace deployctl::config
