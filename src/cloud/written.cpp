#include "cloud/written.hpp"

namespace deployctl::cloud {

const std::string* Written::variable(std::initializer_list<std::string_view> names) const {
  for (const std::string_view name : names)
    if (const std::string* found = parts_.variable(name)) return found;
  return nullptr;
}

std::string Written::text(std::string_view key, std::initializer_list<std::string_view> variables) const {
  if (const Value* found = settings_.find(key); found && found->text()) return *found->text();
  const std::string* found = variable(variables);
  return found ? *found : "";
}

std::optional<Secret> Written::secret(std::string_view key,
                                      std::initializer_list<std::string_view> variables) const {
  const auto made = [&](const std::string& text) {
    Secret secret = Secret::reference(std::string(key)).resolved_with(text);
    parts_.learn(secret);
    return secret;
  };
  if (const Value* found = settings_.find(key)) {
    if (const auto* secret = found->get<Secret>()) return *secret;
    if (found->text() && !found->text()->empty()) return made(*found->text());
  }
  const std::string* found = variable(variables);
  return found ? std::optional(made(*found)) : std::nullopt;
}

bool Written::flag(std::string_view key) const {
  const Value* found = settings_.find(key);
  const bool* value = found ? found->get<bool>() : nullptr;
  return value && *value;
}

std::vector<std::string> Written::texts(std::string_view key) const {
  std::vector<std::string> out;
  const Value* found = settings_.find(key);
  if (found && found->list())
    for (const Value& item : *found->list())
      if (item.text()) out.push_back(*item.text());
  return out;
}

} // namespace deployctl::cloud
