// The filters of `${name | filter}`: one table for parsing, evaluation, completion and docs.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

#include "config/interpolation.hpp"

namespace deployctl::config {

struct FilterRule {
  std::string_view name;
  std::string_view help;
  bool takes_argument = false;
  // nullptr: `default`, which acts where a value is absent.
  Result<Value> (*apply)(const Value&) = nullptr;
};

std::span<const FilterRule> filter_rules();
const FilterRule* find_filter(std::string_view name);

// " | lower | default('x')", as it is written.
std::string filters_text(const std::vector<Filter>& filters);

// A scalar as text. Lists, maps and null have no single text: the error's message says what it is ("a list").
Result<std::string> scalar_text(const Value& value);

} // namespace deployctl::config
