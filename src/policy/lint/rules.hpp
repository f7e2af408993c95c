// The guardrails as a table: code, the name that waivers and the key `policy` may use, and the level a
// finding has by itself. What each means stands in base/diagnostic_codes_guardrails.cpp.
#pragma once

#include <span>
#include <string_view>

#include <deployctl/diagnostic.hpp>

namespace deployctl::policy::lint {

struct Rule {
  std::string_view code; // "D0801"
  std::string_view name; // "secret-token"
  Severity level = Severity::error;
};

std::span<const Rule> rules();
// By code or by name; nullptr when there is none.
const Rule* find_rule(std::string_view word);

namespace code {

inline constexpr std::string_view secret_token = "D0801";
inline constexpr std::string_view private_key = "D0802";
inline constexpr std::string_view url_password = "D0803";
inline constexpr std::string_view secret_assignment = "D0804";
inline constexpr std::string_view secret_manifest = "D0805";

} // namespace code

} // namespace deployctl::policy::lint
