#include "config/language.hpp"

#include <algorithm>

#include "base/strings.hpp"
#include "config/language_parts.hpp"
#include "config/version_number.hpp"

namespace deployctl::config {

using namespace language;

std::string_view tool_version() {
  return DEPLOYCTL_VERSION;
}

bool in_this_version(std::string_view since) {
  constexpr std::string_view first_version = "0.1"; // of nearly every row: no need to compare
  if (since == first_version) return true;
  return since != later_version && compare_versions(since, tool_version()) <= 0;
}

bool is_id(std::string_view text) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::size_t longest = 63;
  if (text.empty() || text.size() > longest || letters.find(text.front()) == std::string_view::npos)
    return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= '0' && c <= '9') || c == '_' || c == '-' || letters.find(c) != std::string_view::npos;
  });
}

std::vector<std::string> field_names(const std::vector<Field>& fields) {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const auto& field : fields) names.push_back(field.name);
  return names;
}

const std::vector<std::string>& overlay_keys() {
  static const std::vector<std::string> keys = {"vars",  "secrets", "providers", "gates",
                                                "steps", "notify",  "state",     "policy"};
  return keys;
}

const std::vector<Field>& gate_fields() {
  static const std::vector<Field> fields = [] {
    std::vector<Field> all = {
        uses("The action that measures, such as http.check."),
        with(),
        list_of(text("environments", "Environments in which the gate is judged; without it in all.",
                     "[production]"),
                "Environments in which the gate is judged; without it in all."),
    };
    for (auto& field : judging_fields()) all.push_back(std::move(field));
    return all;
  }();
  return fields;
}

const std::vector<Field>& step_fields() {
  static const std::vector<Field> fields = make_step_fields(when_field({"branches", "tags"}));
  return fields;
}

const std::vector<Field>& finally_fields() {
  static const std::vector<Field> fields = [] {
    auto all = make_step_fields(when_field({"branches", "tags", "result"}));
    for (auto& field : all)
      if (field.name == "approval") field = since_later(field); // nobody waits for a last step
    return all;
  }();
  return fields;
}

const std::vector<Field>& environment_fields() {
  static const std::vector<Field> fields = [] {
    auto all = environment_rules();
    for (const auto& field : shared_fields())
      if (const auto& keys = overlay_keys(); std::find(keys.begin(), keys.end(), field.name) != keys.end())
        all.push_back(field);
    return all;
  }();
  return fields;
}

const std::vector<Field>& pipeline_fields() {
  static const std::vector<Field> fields = [] {
    auto all = pipeline_heads();
    for (const auto& field : shared_fields()) all.push_back(field);
    return all;
  }();
  return fields;
}

} // namespace deployctl::config
