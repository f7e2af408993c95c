#include "config/language_parts.hpp"

#include <utility>

#include "config/language.hpp"

namespace deployctl::config::language {

Field text(std::string name, std::string help, std::string example) {
  return {.name = std::move(name),
          .type = FieldType::text,
          .help = std::move(help),
          .example = std::move(example)};
}

Field duration(std::string name, std::string help, std::string example) {
  return {.name = std::move(name),
          .type = FieldType::duration,
          .help = std::move(help),
          .example = std::move(example),
          .least = 1};
}

Field choice(std::string name, std::string help, std::vector<std::string> choices) {
  Field field{.name = std::move(name), .type = FieldType::choice, .help = std::move(help)};
  field.example = choices.front();
  field.choices = std::move(choices);
  return field;
}

Field boolean(std::string name, std::string help) {
  return {.name = std::move(name), .type = FieldType::boolean, .help = std::move(help), .example = "true"};
}

Field integer(std::string name, std::string help, std::int64_t least) {
  return {.name = std::move(name),
          .type = FieldType::integer,
          .help = std::move(help),
          .example = "3",
          .least = least,
          .most = 1'000'000};
}

Field object(std::string name, std::string help, FieldList fields) {
  return {.name = std::move(name),
          .type = FieldType::object,
          .help = std::move(help),
          .fields = std::move(fields)};
}

Field named_map(Field element, std::string help) {
  Field field{.name = element.name, .type = FieldType::map, .help = std::move(help)};
  field.pattern = id_pattern;
  field.element = {std::move(element)};
  return field;
}

Field list_of(Field element, std::string help) {
  Field field{
      .name = element.name, .type = FieldType::list, .help = std::move(help), .example = element.example};
  field.element = {std::move(element)};
  return field;
}

Field one_of(std::string name, std::string help, FieldList shapes) {
  Field field{.name = std::move(name), .type = FieldType::any, .help = std::move(help)};
  field.example = shapes.front().example;
  field.element = std::move(shapes);
  return field;
}

Field since_later(Field field) {
  field.since = later_version;
  return field;
}

Field needed(Field field) {
  field.required = true;
  return field;
}

Field uses(std::string help) {
  return text("uses", std::move(help), "exec.run");
}

Field inputs_map(const std::string& name, std::string help) {
  return {.name = name,
          .type = FieldType::map,
          .help = std::move(help),
          .example = "{ command: [make, test] }",
          .element = {Field{.name = name, .type = FieldType::any, .help = "An input of the action."}}};
}

Field with() {
  return inputs_map("with", "The inputs of the action; `deployctl explain ACTION` lists them.");
}

} // namespace deployctl::config::language
