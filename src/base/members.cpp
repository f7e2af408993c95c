#include "base/members.hpp"

namespace deployctl {

std::string text_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found && found->text() ? *found->text() : "";
}

std::optional<std::int64_t> number_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  const auto* number = found ? found->get<std::int64_t>() : nullptr;
  return number ? std::optional(*number) : std::nullopt;
}

bool flag_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found && *found == Value(true);
}

const Value::List& list_at(const Value& value, std::string_view key) {
  static const Value::List none;
  const Value* found = value.find(key);
  return found && found->list() ? *found->list() : none;
}

std::vector<std::string> texts_at(const Value& value, std::string_view key) {
  std::vector<std::string> texts;
  for (const Value& item : list_at(value, key))
    if (item.text()) texts.push_back(*item.text());
  return texts;
}

std::map<std::string, std::string> text_map_at(const Value& value, std::string_view key) {
  std::map<std::string, std::string> texts;
  const Value* found = value.find(key);
  if (!found || !found->map()) return texts;
  for (const auto& [name, item] : *found->map())
    if (item.text()) texts.emplace(name, *item.text());
  return texts;
}

std::vector<std::string> keys_at(const Value& value, std::string_view key) {
  std::vector<std::string> keys;
  const Value* found = value.find(key);
  if (!found || !found->map()) return keys;
  for (const auto& [name, item] : *found->map()) keys.push_back(name);
  return keys;
}

} // namespace deployctl
