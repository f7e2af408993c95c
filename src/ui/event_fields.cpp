#include "ui/event_fields.hpp"

namespace deployctl::ui {

std::string text_field(const Value& fields, std::string_view name) {
  const Value* value = fields.find(name);
  return value && value->text() ? *value->text() : std::string();
}

bool flag_field(const Value& fields, std::string_view name) {
  const Value* value = fields.find(name);
  return value && *value == Value(true);
}

std::uint64_t count_field(const Value& fields, std::string_view name) {
  const Value* value = fields.find(name);
  const auto* number = value ? value->get<std::int64_t>() : nullptr;
  return number && *number > 0 ? static_cast<std::uint64_t>(*number) : 0;
}

std::optional<std::chrono::milliseconds> duration_field(const Value& fields, std::string_view name) {
  const std::uint64_t number = count_field(fields, name);
  if (number == 0) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(number));
}

std::vector<std::string> names_field(const Value& fields, std::string_view name) {
  std::vector<std::string> out;
  const Value* value = fields.find(name);
  if (!value || !value->list()) return out;
  for (const Value& item : *value->list())
    if (item.text()) out.push_back(*item.text());
  return out;
}

} // namespace deployctl::ui
