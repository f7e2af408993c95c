#include "config/schema.hpp"

#include <algorithm>
#include <array>

#include "base/field_diff.hpp"
#include "base/json.hpp"
#include "config/field_schema.hpp"
#include "config/instances.hpp"
#include "config/language.hpp"

namespace deployctl::config {
namespace {

bool is_step(Kind kind) {
  return kind != Kind::notice;
}
bool is_gate(Kind kind) {
  return kind == Kind::gate;
}
bool is_notice(Kind kind) {
  return kind == Kind::notice;
}

// Where an action is used: the key whose entries have `uses` and `with`, and which kinds of actions may stand
// there.
struct Holder {
  std::string_view key;
  std::string_view definition;
  const std::vector<Field>& (*fields)();
  bool (*takes)(Kind);
  bool gates_suffice = false; // `uses` may be missing where `gates` is written
  bool is_list = false;       // its entries have no names
};

constexpr std::array<Holder, 4> holders = {{
    {"steps", "step", step_fields, is_step, true},
    {"finally", "finally_step", finally_fields, is_step, true},
    {"gates", "gate", gate_fields, is_gate},
    {"notify", "notice", notice_fields, is_notice, false, true},
}};

constexpr std::string_view overlay_suffix = "-overlay";

std::string name_of(std::string_view definition, SchemaUse use) {
  return std::string(definition) + std::string(use == SchemaUse::overlay ? overlay_suffix : "");
}

Value reference(std::string_view definition, SchemaUse use) {
  return Value::Map{{"$ref", "#/definitions/" + name_of(definition, use)}};
}

Value required(Value::List names) {
  return Value::Map{{"required", Value(std::move(names))}};
}

void add_group(Value::List& rules, const FieldGroup& group) {
  Value::List one;
  for (std::size_t i = 0; i < group.names.size(); ++i) {
    one.push_back(required({group.names[i]}));
    for (std::size_t k = i + 1; k < group.names.size(); ++k)
      rules.emplace_back(Value::Map{{"not", required({group.names[i], group.names[k]})}});
  }
  if (group.required) rules.push_back(any_of(std::move(one)));
}

Value inputs_schema(const Description& action, SchemaUse use) {
  Value out = members_schema(action.fields, use);
  Value::List rules;
  if (use == SchemaUse::whole)
    for (const FieldGroup& group : action.groups) add_group(rules, group);
  if (!rules.empty()) out["allOf"] = std::move(rules);
  out["description"] = action.summary;
  return out;
}

// Inputs that must be there make `with` itself needed.
bool needs_inputs(const Description& action) {
  const auto is_required = [](const auto& part) { return part.required; };
  return std::any_of(action.fields.begin(), action.fields.end(), is_required) ||
         std::any_of(action.groups.begin(), action.groups.end(), is_required);
}

// if `uses` is this action, then `with` has its inputs.
Value inputs_rule(const Description& action, SchemaUse use) {
  Value condition = required({"uses"});
  condition["properties"] = Value::Map{{"uses", Value::Map{{"const", action.name}}}};
  Value then;
  then["properties"] = Value::Map{{"with", reference(action.name, use)}};
  if (use == SchemaUse::whole && needs_inputs(action)) then["required"] = Value::List{"with"};
  return Value::Map{{"if", std::move(condition)}, {"then", std::move(then)}};
}

Value holder_schema(const Holder& holder, const Catalog& catalog, SchemaUse use) {
  Value out = members_schema(holder.fields(), use);
  Value::List names;
  Value::List rules;
  for (const Provider& provider : catalog) {
    if (!holder.takes(provider.description.kind)) continue;
    names.emplace_back(provider.description.name);
    rules.push_back(inputs_rule(provider.description, use));
  }
  Value uses = out["properties"]["uses"];
  uses.get<Value::Map>()->erase("type");
  uses["enum"] = std::move(names);
  out["properties"]["uses"] = std::move(uses);
  if (holder.gates_suffice && use == SchemaUse::whole)
    rules.push_back(any_of({required({"uses"}), required({"gates"})}));
  if (!rules.empty()) out["allOf"] = std::move(rules);
  return out;
}

// Entries of `steps`, `gates` ... become references to their definition.
void refer_to_holders(Value& object, SchemaUse use) {
  for (const Holder& holder : holders) {
    auto* const properties = object["properties"].get<Value::Map>();
    const auto found = properties->find(holder.key);
    if (found == properties->end()) continue;
    Value entry = reference(holder.definition, use);
    Value::List types = {holder.is_list ? "array" : "object"};
    if (use == SchemaUse::overlay) {
      entry = any_of({std::move(entry), Value(Value::Map{{"type", "null"}})});
      types.emplace_back("null");
    }
    const Value description = found->second["description"];
    if (holder.is_list) {
      found->second = Value::Map{{"type", Value(std::move(types))},
                                 {"items", reference(holder.definition, use)},
                                 {"description", description}};
      continue;
    }
    found->second =
        Value::Map{{"type", Value(std::move(types))},
                   {"additionalProperties", std::move(entry)},
                   {"propertyNames", Value::Map{{"pattern", "^(?:" + std::string(id_pattern) + ")$"}}},
                   {"description", description}};
  }
}

// The schema of a map among the alternatives of one that may be interpolated or null.
Value* find_object_schema(Value& schema) {
  if (const Value* type = schema.find("type"); type && *type == Value("object")) return &schema;
  if (schema.find("anyOf"))
    for (Value& alternative : *schema["anyOf"].get<Value::List>())
      if (Value* found = find_object_schema(alternative)) return found;
  return nullptr;
}

// The instances of providers that are known have exactly their settings.
void add_provider_settings(Value& object, const Catalog& catalog, SchemaUse use) {
  Value* providers = find_object_schema(object["properties"]["providers"]);
  if (!providers) return;
  Value known = Value::Map{};
  for (const std::string& provider : provider_names(catalog)) {
    Value settings = members_schema(*settings_of_provider(catalog, provider), use);
    if (use == SchemaUse::overlay)
      settings = any_of({std::move(settings), Value(Value::Map{{"type", "null"}})});
    known["^" + provider + "(\\..*)?$"] = std::move(settings);
  }
  (*providers)["patternProperties"] = std::move(known);
}

Value environment_schema(const Catalog& catalog) {
  std::vector<Field> rules;
  std::vector<Field> overlays;
  for (const Field& field : environment_fields()) {
    const auto& keys = overlay_keys();
    const bool overlay = std::find(keys.begin(), keys.end(), field.name) != keys.end();
    (overlay ? overlays : rules).push_back(field);
  }
  Value out = members_schema(rules, SchemaUse::whole);
  Value laid_over = members_schema(overlays, SchemaUse::overlay);
  refer_to_holders(laid_over, SchemaUse::overlay);
  add_provider_settings(laid_over, catalog, SchemaUse::overlay);
  for (auto& [name, schema] : *laid_over["properties"].get<Value::Map>())
    out["properties"][name] = std::move(schema);
  return out;
}

Value definitions(const Catalog& catalog) {
  Value out = Value::Map{{"environment", environment_schema(catalog)}};
  for (const SchemaUse use : {SchemaUse::whole, SchemaUse::overlay}) {
    for (const Holder& holder : holders)
      out[name_of(holder.definition, use)] = holder_schema(holder, catalog, use);
    for (const Provider& provider : catalog)
      out[name_of(provider.description.name, use)] = inputs_schema(provider.description, use);
  }
  return out;
}

} // namespace

Value json_schema(const Catalog& catalog) {
  Value out = members_schema(pipeline_fields(), SchemaUse::whole);
  refer_to_holders(out, SchemaUse::whole);
  add_provider_settings(out, catalog, SchemaUse::whole);
  Value& environments = out["properties"]["environments"];
  environments =
      Value::Map{{"type", "object"},
                 {"minProperties", 1},
                 {"additionalProperties", Value::Map{{"$ref", "#/definitions/environment"}}},
                 {"propertyNames", Value::Map{{"pattern", "^(?:" + std::string(id_pattern) + ")$"}}},
                 {"description", environments["description"]}};
  out["patternProperties"] = Value::Map{{"^" + std::string(reserved_prefix), Value(true)}};
  out["$schema"] = "http://json-schema.org/draft-07/schema#";
  out["title"] = "deployctl pipeline";
  out["definitions"] = definitions(catalog);
  return out;
}

std::string schema_text(const Catalog& catalog) {
  return to_pretty_json(json_schema(catalog), JsonMode::plain);
}

} // namespace deployctl::config
