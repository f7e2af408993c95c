#include "config/interpolation_filters.hpp"

#include <algorithm>
#include <array>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/strings.hpp"

namespace deployctl::config {
namespace {

constexpr std::size_t longest_label = 63; // RFC 1035 section 2.3.4: slugs become parts of host names

bool is_slug_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string slug(std::string_view text) {
  std::string out;
  for (const char c : to_lower(text)) {
    if (is_slug_letter(c))
      out += c;
    else if (!out.empty() && out.back() != '-')
      out += '-';
  }
  out.resize(std::min(out.size(), longest_label));
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

template <std::string (*change)(std::string_view)>
Result<Value> on_text(const Value& value) {
  DEPLOYCTL_TRY(const std::string text, scalar_text(value));
  return Value(change(text));
}

std::string trimmed(std::string_view text) {
  return std::string(trim(text));
}
std::string url(std::string_view text) {
  return percent_encode(text);
}

Result<Value> json(const Value& value) {
  return Value(to_json(value, JsonMode::plain));
}

constexpr std::array<FilterRule, 7> rules = {{
    {"slug", "lower case letters, digits and '-' only, at most 63: a branch as part of a host name", false,
     on_text<slug>},
    {"lower", "lower case (ASCII)", false, on_text<to_lower>},
    {"trim", "without white space at both ends", false, on_text<trimmed>},
    {"url", "percent-encoded, for one part of a URL", false, on_text<url>},
    {"json", "as JSON text; the only filter that takes lists and maps", false, json},
    {"base64", "in base64, padded", false, on_text<to_base64>},
    {"default", "the given text where the value is absent: default('none')", true, nullptr},
}};

std::string quoted(std::string_view text) {
  return "'" + replace_all(text, "'", "''") + "'";
}

} // namespace

std::span<const FilterRule> filter_rules() {
  return rules;
}

const FilterRule* find_filter(std::string_view name) {
  const auto* const found =
      std::find_if(rules.begin(), rules.end(), [name](const FilterRule& rule) { return rule.name == name; });
  return found == rules.end() ? nullptr : found;
}

std::string filters_text(const std::vector<Filter>& filters) {
  std::string out;
  for (const Filter& filter : filters) {
    const FilterRule* const rule = find_filter(filter.name);
    out += " | " + filter.name;
    if (rule != nullptr && rule->takes_argument) out += "(" + quoted(filter.argument) + ")";
  }
  return out;
}

Result<std::string> scalar_text(const Value& value) {
  if (const auto* const text = value.text()) return *text;
  if (const auto* const yes = value.get<bool>()) return std::string(*yes ? "true" : "false");
  if (value.is<std::int64_t>() || value.is<double>()) return to_json(value, JsonMode::plain);
  const std::string_view what = value.list()      ? "a list"
                                : value.map()     ? "a map"
                                : value.is_null() ? "null"
                                                  : "no text";
  return fail(Cause::config, std::string(what),
              value.list() || value.map() ? "use it alone, or as JSON: `| json`" : "");
}

} // namespace deployctl::config
