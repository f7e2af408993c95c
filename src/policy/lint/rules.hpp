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

inline constexpr std::string_view dockerfile_unreadable = "D0810";
inline constexpr std::string_view root_user = "D0811";
inline constexpr std::string_view unpinned_base = "D0812";
inline constexpr std::string_view secret_in_image = "D0813";
inline constexpr std::string_view secret_argument = "D0814";
inline constexpr std::string_view single_stage = "D0815";
inline constexpr std::string_view huge_file = "D0816";
inline constexpr std::string_view package_cache = "D0817";
inline constexpr std::string_view dockerignore_missing = "D0821";
inline constexpr std::string_view dockerignore_incomplete = "D0822";

inline constexpr std::string_view data_not_on_volume = "D0831";
inline constexpr std::string_view image_without_digest = "D0832";
inline constexpr std::string_view no_health_check = "D0833";
inline constexpr std::string_view exposed_port = "D0834";

inline constexpr std::string_view debug_in_production = "D0841";
inline constexpr std::string_view default_password = "D0842";
inline constexpr std::string_view open_cors = "D0843";

inline constexpr std::string_view waiver_without_reason = "D0891";
inline constexpr std::string_view waiver_of_nothing = "D0892";
inline constexpr std::string_view no_such_rule = "D0893";

} // namespace code

} // namespace deployctl::policy::lint
