// Rules over a Compose file: data that a new container would lose, images by digest, health checks, ports
// that nobody outside needs, and the variables of production.
#pragma once

#include <string_view>

#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {

// A file that is no YAML says nothing here.
void check_compose(std::string_view text, bool production, Findings& findings);

} // namespace deployctl::policy::lint
