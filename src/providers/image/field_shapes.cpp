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

} // namespace deployctl::providers::image
