// Text as HTML: everything that came from outside passes `escaped`, so that no value can become markup.
// Building elements, not a template language.
#pragma once

#include <string>
#include <string_view>

namespace deployctl::ui::report {

// One line: control and cursor sequences dropped, bad UTF-8 replaced, and `& < > " '` as references.
std::string escaped(std::string_view text);

// <tag class="classes">body</tag>; `body` is HTML already. Empty classes: no attribute.
std::string element(std::string_view tag, std::string_view classes, std::string_view body);

// A section with a heading; nothing when the body is empty.
std::string section(std::string_view heading, std::string_view body);

} // namespace deployctl::ui::report
