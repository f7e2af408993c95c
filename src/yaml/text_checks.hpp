// What is wrong with the bytes before anyone reads them as YAML, and with tabs once the tree says where they
// matter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <deployctl/diagnostic.hpp>

#include "yaml/tree.hpp"

namespace deployctl::yaml {

// Reports bytes that are no UTF-8 or not printable, and puts a '?' in place of each so that reading can go
// on.
std::vector<Diagnostic> check_bytes(std::string& text, std::uint32_t source);

// One diagnostic for every line that is indented with tabs, outside of `opaque` ranges.
std::vector<Diagnostic> check_tabs(std::string_view text, std::uint32_t source, std::vector<Range> opaque);

} // namespace deployctl::yaml
