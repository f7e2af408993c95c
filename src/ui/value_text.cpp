#include "ui/value_text.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace deployctl::ui {
namespace {

Value secret_word(const Secret&) {
  return "(secret)";
}

Value unknown_words(const Unknown& unknown) {
  return "(known after " + unknown.step + ")";
}

bool holds_secret(const Value& value) {
  bool found = false;
  for_each_secret(value, [&](const Secret&) { found = true; });
  return found;
}

// A leaf word is not quoted, so that it cannot be mistaken for a text of the same letters.
bool is_leaf_word(const Value& value) {
  return value.is<Secret>() || value.is<Unknown>();
}

} // namespace

Value presentable(const Value& value) {
  return map_unknowns(map_secrets(value, secret_word), unknown_words);
}

std::string value_text(const Value& value) {
  if (value.is_null()) return "(not set)";
  const Value shown = presentable(value);
  if (is_leaf_word(value)) return *shown.text();
  return to_json(shown, JsonMode::plain);
}

std::string change_text(const FieldChange& change, const Style& style, int room) {
  if (holds_secret(change.before) && holds_secret(change.after)) return "(secret, rotated)";
  const int each = std::max(16, (room - 4) / 2);
  if (change.before.is_null())
    return paint(style, Role::create, elide(value_text(change.after), std::max(16, room)));
  return paint(style, Role::remove, elide(value_text(change.before), each)) + " -> " +
         paint(style, Role::create, elide(value_text(change.after), each));
}

} // namespace deployctl::ui
