// How random a text looks, and what stands where a secret will be: measures of a value, not of its place.
#pragma once

#include <string_view>

namespace deployctl::policy::lint {

// Shannon's entropy of the bytes, in bits for each.
double entropy_of(std::string_view text);

// "changeme", "<token>", "xxxxxxxx", "...EXAMPLE": made up to be replaced.
bool is_placeholder(std::string_view text);

// "${X}", "$X", "{{ x }}", "%X%", "env://X", "vault:path": says where the value is.
bool is_reference(std::string_view text);

// Words, paths, versions, names: what people write and no generator does.
bool is_wordlike(std::string_view text);

// A password that software ships with or that tutorials use: "admin", "postgres", "changeme".
bool is_default_password(std::string_view text);

} // namespace deployctl::policy::lint
