#include <array>

#include "simulated/catalog.hpp"
#include "simulated/shapes.hpp"

namespace deployctl::simulated {
namespace {

constexpr std::array<std::pair<std::string_view, CrashClass>, 5> classes = {{
    {"observe", CrashClass::observe},
    {"declarative", CrashClass::declarative},
    {"keyed", CrashClass::keyed},
    {"marked", CrashClass::marked},
    {"opaque", CrashClass::opaque},
}};

} // namespace

std::string text_of(const Value& map, std::string_view key) {
  const Value* found = map.find(key);
  return found && found->text() ? *found->text() : "";
}

std::string name_of(const Ask& ask) {
  const Value& inputs = ask.inputs ? *ask.inputs : ask.recorded;
  return text_of(inputs, "name");
}

Field crash_field() {
  Field field{.name = "crash",
              .type = FieldType::choice,
              .help = "What recovery may assume about an unfinished effect.",
              .example = "keyed",
              .managed = false};
  for (const auto& [name, crash_class] : classes) field.choices.emplace_back(name);
  return field;
}

CrashClass chosen_class(const Value& inputs, CrashClass otherwise) {
  const std::string chosen = text_of(inputs, "crash");
  for (const auto& [name, crash_class] : classes)
    if (name == chosen) return crash_class;
  return otherwise;
}

std::function<CrashClass(const Value&)> crash_class_or(CrashClass otherwise) {
  return [otherwise](const Value& inputs) { return chosen_class(inputs, otherwise); };
}

Call call_of(const std::string& action, const Intent& intent) {
  return {.action = action,
          .step = intent.step,
          .target = intent.target,
          .stage = intent.stage,
          .key = intent.key,
          .attempt = intent.attempt,
          .crash_class = intent.crash_class};
}

std::string thing_name(const std::string& action, const Ask& ask) {
  return action + "/" + name_of(ask) + (ask.target.host ? "@" + ask.target.host->name : "");
}

Field name_field(std::string help) {
  return {.name = "name", .help = std::move(help), .example = "web", .required = true, .identity = true};
}

} // namespace deployctl::simulated
