// The keys of the pipeline language as field tables: the validator, its messages, the schema, `explain`,
// completion and the docs all read these. `since` says which version enforces a key; a later one is an error,
// never ignored. Data only. How several shapes of one key are written: FieldType::any whose `element` lists
// the shapes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/field.hpp>

namespace deployctl::config {

inline constexpr std::string_view later_version = "later"; // `since` of what no version enforces yet
inline constexpr std::string_view id_pattern =
    "[a-z][a-z0-9_-]{0,62}";                              // steps, gates, roles, environments, variables
inline constexpr std::string_view reserved_prefix = "x-"; // top-level keys that are ignored
inline constexpr std::size_t most_steps = 10'000;

// The same as id_pattern, without a regular expression: asked for every step.
bool is_id(std::string_view text);

// Whether this build enforces something of that `since`.
bool in_this_version(std::string_view since);
std::string_view tool_version();

const std::vector<Field>& pipeline_fields(); // the top level; everything else hangs below it
const std::vector<Field>& environment_fields();
const std::vector<Field>& step_fields();
const std::vector<Field>& finally_fields();
const std::vector<Field>& gate_fields();
const std::vector<Field>& notice_fields();
const std::vector<Field>& strategy_fields();

// Keys of an environment that are laid over the top level.
const std::vector<std::string>& overlay_keys();

std::vector<std::string> field_names(const std::vector<Field>& fields);

} // namespace deployctl::config
