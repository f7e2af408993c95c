// The process's environment as a value, read once at the start. Layers below cli get it as a parameter.
#pragma once

#include <map>
#include <string>

namespace deployctl::os {

using Environment = std::map<std::string, std::string>;

// Entries without '=' are left out; of a name that stands twice the first one counts, as with getenv.
Environment read_environment();

// Where temporary files go: TMPDIR (POSIX.1-2017, 8.3), else /tmp.
std::string temporary_parent(const Environment& environment);

} // namespace deployctl::os
