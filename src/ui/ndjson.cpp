#include "ui/ndjson.hpp"

#include <array>

#include "base/json.hpp"
#include "ui/event_stream.hpp"

namespace deployctl::ui {
namespace {

constexpr std::array<std::string_view, 4> level_names = {"debug", "info", "warning", "error"};

Value text_schema(std::string_view description) {
  return Value::Map{{"type", "string"}, {"description", description}};
}

Value type_schema() {
  Value::List alternatives;
  for (const EventType& type : event_types)
    alternatives.push_back(Value::Map{{"const", type.name}, {"description", type.help}});
  return Value::Map{{"description", "what happened; a reader ignores types that it does not know"},
                    {"oneOf", std::move(alternatives)}};
}

Value level_schema() {
  Value::List names;
  for (const std::string_view name : level_names) names.push_back(name);
  return Value::Map{{"enum", std::move(names)}};
}

Value property_schemas() {
  Value time = text_schema("RFC 3339, UTC, milliseconds");
  time["pattern"] = R"(^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$)";
  return Value::Map{
      {"type", type_schema()},
      {"level", level_schema()},
      {"ts", std::move(time)},
      {"seq", Value::Map{{"type", "integer"}, {"minimum", 1}, {"description", "1, 2, 3 ... without gaps"}}},
      {"run", text_schema("id of the run, the same in every line")},
      {"message", text_schema("one sentence for people; its wording may change")},
      {"step", text_schema("id of the step, when the event is about one")},
      {"target", text_schema("name of the target, when the event is about one")},
      {"fields", Value::Map{{"type", "object"}, {"description", "typed data, by type"}}},
  };
}

} // namespace

Value event_value(const Event& event) {
  Value line =
      Value::Map{{"type", event.type}, {"level", level_names.at(static_cast<std::size_t>(event.level))},
                 {"ts", event.time},   {"seq", static_cast<std::int64_t>(event.sequence)},
                 {"run", event.run},   {"message", event.message}};
  if (!event.step.empty()) line["step"] = event.step;
  if (!event.target.empty()) line["target"] = event.target;
  if (event.fields.map() && !event.fields.map()->empty()) line["fields"] = event.fields;
  return line;
}

void NdjsonRenderer::show(const Event& event) {
  writer_.write(to_json(event_value(event), JsonMode::plain) + "\n");
}

Value event_schema() {
  Value first_line = Value::Map{
      {"if", Value::Map{{"properties", Value::Map{{"type", Value::Map{{"const", "version"}}}}}}},
      {"then", Value::Map{{"required", Value::List{"fields"}},
                          {"properties",
                           Value::Map{{"fields", Value::Map{{"required", Value::List{"format", "tool"}}}},
                                      {"seq", Value::Map{{"const", 1}}}}}}}};
  return Value::Map{
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"title", "deployctl event, format " + std::string(event_format)},
      {"description", "One line of `--output ndjson` or `--event-file`. The first line is `version`."},
      {"type", "object"},
      {"required", Value::List{"type", "level", "ts", "seq", "run", "message"}},
      {"properties", property_schemas()},
      {"allOf", Value::List{std::move(first_line)}}};
}

} // namespace deployctl::ui
