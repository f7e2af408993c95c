#include "providers/image/field_shapes.hpp"

namespace deployctl::providers::image {

Field text_list(const char* name, const char* help, const char* example, const OneText& one) {
  return {.name = name,
          .type = FieldType::list,
          .help = help,
          .example = example,
          .element = {{.name = name, .help = one.help, .example = one.example, .pattern = one.pattern}}};
}

Field text_map(const char* name, const char* help, const char* example, const OneText& one) {
  return {.name = name,
          .type = FieldType::map,
          .help = help,
          .example = example,
          .pattern = one.pattern,
          .element = {{.name = name, .help = one.help, .example = one.example}}};
}

Field image_field() {
  return {.name = "image",
          .help = "The image, by digest or by tag.",
          .example = "registry.example.com/team/app:1.4.2",
          .required = true};
}

Field target_field(const char* help, const char* example) {
  return {.name = "to", .help = help, .example = example, .required = true, .identity = true};
}

Field target_field() {
  return target_field("The repository and the tag it gets.", "registry.example.com/team/app:1.4.2");
}

Field move_field() {
  return {.name = "move",
          .type = FieldType::boolean,
          .help = "Whether the tag may be taken from another image.",
          .example = "false",
          .fallback = true,
          .managed = false};
}

} // namespace deployctl::providers::image
