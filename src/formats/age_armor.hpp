// The text form of an age file, for where only text goes. Strict, like the header behind it.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::formats {

// Whether the text begins, behind white space, as an armored file does.
bool is_age_armor(std::string_view text);

// The file inside. Cause::config, "armor, line 3: ...".
Result<std::string> remove_age_armor(std::string_view text);

} // namespace deployctl::formats
