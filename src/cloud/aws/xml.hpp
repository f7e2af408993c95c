// The XML that the query protocol answers with, as a Value: an element is its text, or a map of its children;
// a name that stands several times is a list. Not a general XML reader: attributes, namespaces and document
// types mean nothing here.
#pragma once

#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/value.hpp>

namespace deployctl::aws {

// At most 1 MiB and 32 levels. Cause::internal with the byte offset; never quotes the text.
Result<Value> parse_xml(std::string_view text);

} // namespace deployctl::aws
