// A whole number as text, as protocols and programs write it. Not for the language, which says what is wrong
// with a number.
#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

namespace deployctl {

// Digits of the base alone (a '-' before them for a signed type), within the range of the type. Zeros may
// lead.
template <std::integral Number>
std::optional<Number> parse_integer(std::string_view text, int base = 10) {
  Number number = 0;
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number, base);
  if (error != std::errc() || end != last) return std::nullopt;
  return number;
}

} // namespace deployctl
