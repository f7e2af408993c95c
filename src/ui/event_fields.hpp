// Fields of an event as the types that a view wants; one that is missing or of another type is the default: a
// newer or an older engine may have written it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/event.hpp>

namespace deployctl::ui {

std::string text_field(const Value& fields, std::string_view name);
bool flag_field(const Value& fields, std::string_view name);
std::uint64_t count_field(const Value& fields, std::string_view name); // 0 when negative
std::optional<std::chrono::milliseconds> duration_field(const Value& fields, std::string_view name);
std::vector<std::string> names_field(const Value& fields, std::string_view name);

} // namespace deployctl::ui
