// An environment's own keys laid over the top level: maps merge, lists, scalars and `strategy` replace, null
// removes, a changed `uses` replaces `with` whole. Pure tree work; places stay those of the text a value came
// from.
#pragma once

#include "config/findings.hpp"
#include "yaml/document.hpp"

namespace deployctl::config {

// The top level as this environment sees it, without `environments`. Warns of a null that removes nothing.
yaml::Node overlaid(const yaml::Node& root, const yaml::Node& environment, Findings& findings);

} // namespace deployctl::config
