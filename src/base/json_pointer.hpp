// JSON pointers (RFC 6901): which field of a JSON document a secret reference or an answer of a service
// means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

// "/a/b~1c" -> {"a", "b/c"}; "" is the whole document. Cause::config when malformed.
Result<std::vector<std::string>> parse_json_pointer(std::string_view text);

// nullptr when the document has nothing there.
const Value* find_at(const Value& document, const std::vector<std::string>& pointer);

} // namespace deployctl
