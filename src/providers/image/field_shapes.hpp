// Fields that several image actions have, and shapes of fields: lists and maps of text.
#pragma once

#include <deployctl/field.hpp>

namespace deployctl::providers::image {

// What stands in the list or map.
struct OneText {
  const char* help;
  const char* example;
  const char* pattern = ""; // of the text in a list, of the name in a map
};

Field text_list(const char* name, const char* help, const char* example, const OneText& one);
Field text_map(const char* name, const char* help, const char* example, const OneText& one);

Field image_field(); // of gates: which image they look at
Field target_field(const char* help, const char* example);
Field target_field(); // where an image of elsewhere goes
Field move_field();

} // namespace deployctl::providers::image
