// Comments addressed to deployctl, found in text where they are comments and not part of a value.
#pragma once

#include <string_view>
#include <vector>

#include "yaml/document.hpp"
#include "yaml/tree.hpp"

namespace deployctl::yaml {

// `opaque`: scalars in which a `#` is text, in order.
std::vector<Comment> find_comments(std::string_view text, std::uint32_t source,
                                   const std::vector<Range>& opaque);

} // namespace deployctl::yaml
