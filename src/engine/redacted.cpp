#include "engine/redacted.hpp"

namespace deployctl::engine {

Value redacted(const Value& value, const RedactionSet& redactions) {
  if (const auto* text = value.text()) return redactions.redact(*text);
  if (const auto* list = value.list()) {
    Value::List out;
    out.reserve(list->size());
    for (const Value& item : *list) out.push_back(redacted(item, redactions));
    return out;
  }
  if (const auto* map = value.map()) {
    Value::Map out;
    for (const auto& [key, item] : *map) out.emplace(redactions.redact(key), redacted(item, redactions));
    return out;
  }
  return value;
}

} // namespace deployctl::engine
