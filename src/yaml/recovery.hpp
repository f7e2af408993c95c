// Reading on behind a syntax error: the faulty value is blanked out, so that the mistakes behind it are found
// too.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "yaml/tree.hpp"

namespace deployctl::yaml {

// Puts spaces in place of the value (or, where there is no key, the line) that holds this offset, with the
// lines that belong to it. Nothing when there was nothing left to take out.
std::optional<Range> blank_value(std::string& text, std::size_t at);

} // namespace deployctl::yaml
