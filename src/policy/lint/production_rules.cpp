#include "policy/lint/production_rules.hpp"

#include <algorithm>
#include <array>
#include <string>

#include <fmt/core.h>

#include "base/source.hpp"
#include "base/strings.hpp"
#include "formats/dotenv.hpp"
#include "policy/lint/assignments.hpp"
#include "policy/lint/randomness.hpp"

namespace deployctl::policy::lint {
namespace {

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool ends_with(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() && text.substr(text.size() - ending.size()) == ending;
}

bool is_debug_flag(std::string_view name, std::string_view value) {
  const bool switched_on = is_one_of(value, {"1", "true", "yes", "on", "*"});
  if (name == "debug" || ends_with(name, "_debug") ||
      is_one_of(name, {"debug_mode", "app_debug", "django_debug"}))
    return switched_on;
  if (is_one_of(name, {"flask_env", "node_env", "rails_env", "app_env", "rack_env", "environment"}))
    return is_one_of(value, {"development", "dev", "debug"});
  return false;
}

bool names_password(std::string_view name) {
  for (const std::string_view word : {"password", "passwd", "_pass", "secret"})
    if (name.find(word) != std::string_view::npos) return names_a_secret(name);
  return false;
}

bool opens_cors(std::string_view name, std::string_view value) {
  const bool about_origins = name.find("cors") != std::string_view::npos ||
                             ends_with(name, "allowed_origins") || ends_with(name, "allow_origins") ||
                             ends_with(name, "allowed_origin");
  return about_origins && name.find("header") == std::string_view::npos &&
         name.find("method") == std::string_view::npos && is_one_of(value, {"*", "[\"*\"]", "['*']"});
}

} // namespace

void check_production_variable(std::string_view name, std::string_view value, Findings::Place place,
                               Findings& findings) {
  const std::string lower_name = to_lower(name);
  const std::string lower_value = to_lower(value);
  if (is_debug_flag(lower_name, lower_value))
    findings.add(code::debug_in_production, place, fmt::format("'{}' is '{}' in production", name, value),
                 "debug modes show code, settings and memory to whoever asks");
  if (names_password(lower_name) && is_default_password(value))
    findings.add(code::default_password, place, fmt::format("'{}' is a password that everybody knows", name),
                 "refer to a secret that was generated");
  if (opens_cors(lower_name, lower_value))
    findings.add(code::open_cors, place,
                 fmt::format("'{}' lets pages of every origin call this service", name), "name the origins");
}

void check_production_dotenv(std::string_view text, Findings& findings) {
  const auto entries = formats::parse_dotenv(text);
  if (!entries) return; // what no reader takes is for its reader to say
  const LineTable lines(text);
  for (const formats::DotenvEntry& entry : *entries) {
    const std::size_t begin = lines.line_begin(entry.line);
    check_production_variable(entry.name, entry.value, {begin, begin + lines.line(entry.line).size()},
                              findings);
  }
}

} // namespace deployctl::policy::lint
