// Globs over '/'-separated names: `sources` paths, branch and tag patterns. '*' and '?' stay inside one part,
// "**" as a whole part stands for any number of parts, [a-z] and [!a-z] are one character, '\' quotes. The
// whole name must match.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

// "src/**" matches everything below src; "*.toml" only names without '/'. A malformed '[' is an ordinary
// character.
bool glob_matches(std::string_view pattern, std::string_view name);

// Whether one of the names matches one of the patterns; an empty name (no branch) matches none.
bool any_glob_matches(const std::vector<std::string>& patterns, const std::vector<std::string>& names);

} // namespace deployctl
