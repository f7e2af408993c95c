// Version numbers such as "0.1" and "1.10.2": digits between dots, a missing part is 0. Not semantic
// versioning's pre-releases.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace deployctl::config {

// One to three parts of at most 6 digits; none when it is anything else.
std::optional<std::vector<int>> parse_version(std::string_view text);

// Less than, equal to or greater than 0. Both must be versions.
int compare_versions(std::string_view left, std::string_view right);

} // namespace deployctl::config
