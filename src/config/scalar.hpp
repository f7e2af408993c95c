// A scalar's text as the type its field asks for: the field decides, never the look of the text.
// Checks also the field's own bounds (range, choices, pattern). Not for lists, maps, files or hosts.
#pragma once

#include <string>
#include <string_view>

#include <tl/expected.hpp>

#include <deployctl/field.hpp>
#include <deployctl/value.hpp>

namespace deployctl::config {

struct ScalarProblem {
  std::string code;    // D03xx
  std::string message; // "'012' is not a whole number": the caller says where
  std::string help;
};

using ScalarResult = tl::expected<Value, ScalarProblem>;

// `plain` (no quotes) matters for FieldType::any only, where an unquoted true, false or decimal number is
// one.
ScalarResult interpret_scalar(const Field& field, std::string_view text, bool plain);

// What interpolation gave, for the same field: text is interpreted, a boolean or number must fit; Unknown and
// Secret pass unchanged (whether the field takes a secret is the caller's to say).
ScalarResult interpret_value(const Field& field, const Value& value);

// "a whole number", "a duration such as 10s": for messages and docs.
std::string_view describe_type(FieldType type);

} // namespace deployctl::config
