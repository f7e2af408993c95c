// Rules over the pipeline itself, read as it is written: what its steps must not do in an environment that
// people use. What a key may be is the language's to say.
#pragma once

#include "policy/lint/findings.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {

void check_pipeline(const yaml::Node& pipeline, Findings& findings);

} // namespace deployctl::policy::lint
