// The codes of mistakes in the YAML text; explained in base/diagnostic_codes_yaml.cpp.
#pragma once

#include <string_view>

namespace deployctl::yaml::code {

inline constexpr std::string_view too_large = "D0101";
inline constexpr std::string_view not_utf8 = "D0102";
inline constexpr std::string_view control_character = "D0103";
inline constexpr std::string_view tab_indentation = "D0104";
inline constexpr std::string_view syntax = "D0105";
inline constexpr std::string_view unclosed_quote = "D0106";
inline constexpr std::string_view needs_quotes = "D0107";
inline constexpr std::string_view bracket = "D0108";
inline constexpr std::string_view duplicate_key = "D0109";
inline constexpr std::string_view key_not_text = "D0110";
inline constexpr std::string_view second_document = "D0111";
inline constexpr std::string_view tag = "D0112";
inline constexpr std::string_view undefined_alias = "D0113";
inline constexpr std::string_view alias_cycle = "D0114";
inline constexpr std::string_view too_deep = "D0115";
inline constexpr std::string_view too_many_nodes = "D0116";
inline constexpr std::string_view merge_not_map = "D0117";
inline constexpr std::string_view unknown_escape = "D0118";

} // namespace deployctl::yaml::code
