// Members of a map whose shape others decide (answers of services, recorded facts): what is missing or of
// another type is empty. Not for the language, whose field tables report such mistakes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl {

std::string text_at(const Value& value, std::string_view key);
std::optional<std::int64_t> number_at(const Value& value, std::string_view key);
bool flag_at(const Value& value, std::string_view key); // false too when it is missing
std::vector<std::string> texts_at(const Value& value, std::string_view key);
std::map<std::string, std::string> text_map_at(const Value& value, std::string_view key);
std::vector<std::string> keys_at(const Value& value, std::string_view key);
const Value::List& list_at(const Value& value, std::string_view key);

} // namespace deployctl
