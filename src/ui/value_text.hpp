// One Value in one line, safe for a terminal: control characters escaped, secrets by their state, unknowns by
// what they wait for. For views; records use base/json.hpp.
#pragma once

#include <string>

#include <deployctl/change.hpp>
#include <deployctl/value.hpp>

#include "ui/style.hpp"

namespace deployctl::ui {

// "(not set)", "(secret)", "(known after image)", "text in quotes", 12, true, [1, 2].
std::string value_text(const Value& value);

// What changes in one field: before -> after, "(secret, rotated)" when only a secret's version differs.
std::string change_text(const FieldChange& change, const Style& style, int room);

// The same value for JSON output: secrets and unknowns replaced by their texts.
Value presentable(const Value& value);

} // namespace deployctl::ui
