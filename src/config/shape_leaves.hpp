// The leaves of shape.hpp: scalars, secrets, files, hosts, argument lists. Only for shape*.cpp.
#pragma once

#include <optional>
#include <string>

#include "config/shape.hpp"

namespace deployctl::config {

bool is_scalar_type(FieldType type);
std::optional<Spanned::Kind> container_of(FieldType type); // list or map; none for scalars and `any`
std::string_view describe_kind(const Spanned& written);    // "a list"
void check_key_text(const SpannedEntry& entry, ShapeContext& context); // keys are not interpolated
std::string describe_field(const Field& field);                        // "a list of text", "one of 'a', 'b'"

// Secret and Unknown leaves, which fit many types; none when the type decides after all.
std::optional<Value> shape_leaf(const Field& field, const Spanned& written, const Where& where,
                                ShapeContext& context);
// For FieldType::any without shapes: the look of a plain scalar decides, as in YAML.
Value as_written(const Spanned& written, const Field& field, const Where& where, ShapeContext& context);
Value shape_scalar(const Field& field, const Spanned& written, const Where& where, ShapeContext& context);
Value shape_argv(const Field& field, const Spanned& written, const Where& where, ShapeContext& context);
Value shape_hosts(const Spanned& written, const Where& where, ShapeContext& context);
Value shape_file(const Field& field, const Spanned& written, const Where& where, ShapeContext& context);

} // namespace deployctl::config
