#include "base/wiped_value.hpp"

#include <cstring>

namespace deployctl {

// Depth is bounded by the parser's limit.
void WipedValue::wipe(Value& value) { // NOLINT(misc-no-recursion)
  if (auto* text = value.get<std::string>()) ::explicit_bzero(text->data(), text->size());
  if (auto* list = value.get<Value::List>())
    for (Value& item : *list) wipe(item);
  if (auto* map = value.get<Value::Map>())
    for (auto& [key, item] : *map) wipe(item);
}

} // namespace deployctl
