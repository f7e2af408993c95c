// Members of foreign JSON: what is missing or of another type is empty. For the readers of this layer.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/value.hpp>

namespace deployctl::registry {

std::string text_at(const Value& value, std::string_view key);
std::int64_t number_at(const Value& value, std::string_view key); // -1: none
std::vector<std::string> texts_at(const Value& value, std::string_view key);
std::map<std::string, std::string> text_map_at(const Value& value, std::string_view key);
std::vector<std::string> keys_at(const Value& value, std::string_view key);
const Value::List& list_at(const Value& value, std::string_view key);

} // namespace deployctl::registry
