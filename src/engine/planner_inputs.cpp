#include "engine/planner_inputs.hpp"

#include "base/field_diff.hpp"
#include "config/load.hpp"
#include "engine/file_inputs.hpp"

namespace deployctl::engine {
namespace {

bool has_unknown(const Value& value) {
  bool found = false;
  for_each_unknown(value, [&](const Unknown&) { found = true; });
  return found;
}

bool has_secret(const Value& value) {
  bool found = false;
  for_each_secret(value, [&](const Secret&) { found = true; });
  return found;
}

// Takes unknown leaves out of maps; a list with an unknown in it goes whole, since its length says something.
class UnknownRemoval {
public:
  explicit UnknownRemoval(std::vector<UnknownField>& found) : found_(found) {}

  // False: the value itself is to be left out.
  bool keep(Value& value, const std::string& path) {
    if (const auto* unknown = value.get<Unknown>()) {
      found_.push_back({path, *unknown});
      return false;
    }
    if (value.list()) return keep_list(value, path);
    auto* map = value.get<Value::Map>();
    if (!map) return true;
    for (auto item = map->begin(); item != map->end();)
      item = keep(item->second, path.empty() ? item->first : path + "." + item->first) ? std::next(item)
                                                                                       : map->erase(item);
    return true;
  }

private:
  bool keep_list(const Value& value, const std::string& path) {
    bool found = false;
    for_each_unknown(value, [&](const Unknown& unknown) {
      if (!found) found_.push_back({path, unknown});
      found = true;
    });
    return !found;
  }

  std::vector<UnknownField>& found_;
};

// Sets the field at `path` to null; a path into a map or list is none of the table's, and stays out.
void set_null(std::span<const Field> table, Value& inputs, std::string_view path) {
  const std::size_t dot = path.find('.');
  const Field* field = find_field(table, path.substr(0, dot));
  if (!field) return;
  if (dot == std::string_view::npos)
    inputs[field->name] = Value();
  else if (field->type == FieldType::object && inputs.find(field->name))
    set_null(field->fields, inputs[field->name], path.substr(dot + 1));
}

// Files and unknowns of the inputs as far as they can be known now, in the shape that config gave the known
// ones.
Result<Value> evaluated(const PlanRequest& request, const Description& description, const Value& inputs,
                        const config::Outputs& outputs) {
  if (!has_unknown(inputs)) return ingest_files(description.fields, inputs, request.files);
  DEPLOYCTL_TRY(Value resolved, config::resolve(inputs, outputs));
  if (resolved != inputs) {
    DEPLOYCTL_TRY(resolved, config::finish_inputs(description, resolved, request.files));
  }
  return ingest_files(description.fields, resolved, request.files);
}

} // namespace

Value with_resets(std::span<const Field> table, const Value& written, const Value& recorded) {
  if (!recorded.map() || !written.map()) return written;
  Value result = written;
  for (const auto& [name, before] : *recorded.map()) {
    const Field* field = find_field(table, name);
    if (!field || field->identity || field->type == FieldType::hosts) continue;
    Value* now = result.get<Value::Map>()->contains(name) ? &result[name] : nullptr;
    if (!now)
      result[name] = Value();
    else if (field->type == FieldType::object)
      *now = with_resets(field->fields, *now, before);
  }
  return result;
}

Result<Value> written_inputs(const PlanRequest& request, const Description& description,
                             const config::Step& step, const config::Outputs& outputs) {
  DEPLOYCTL_TRY(Value written, evaluated(request, description, step.inputs, outputs));
  if (!request.with_versions || !has_secret(written)) return written;
  return request.with_versions(written, request.stop);
}

StepInputs asked_inputs(const Description& description, Value written, const Value& recorded) {
  StepInputs inputs;
  inputs.asked = with_defaults(description.fields, with_resets(description.fields, written, recorded));
  UnknownRemoval(inputs.unknown).keep(inputs.asked, "");
  if (!inputs.unknown.empty()) inputs.looked_at = inputs.asked;
  for (const UnknownField& unknown : inputs.unknown)
    set_null(description.fields, inputs.looked_at, unknown.path);
  for (const Field& field : description.fields)
    if (const Value* value = written.find(field.name); value && field.identity && has_unknown(*value))
      inputs.identity_known = false;
  inputs.written = std::move(written);
  return inputs;
}

} // namespace deployctl::engine
