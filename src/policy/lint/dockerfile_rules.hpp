// Rules over a Dockerfile and what its build context would send.
#pragma once

#include <string_view>

#include "policy/lint/findings.hpp"

namespace deployctl::policy::lint {

struct BuildContext;

// `context` may be unknown (nullptr): then nothing is said about files.
void check_dockerfile(std::string_view text, const BuildContext* context, Findings& findings);

} // namespace deployctl::policy::lint
