// Data inside a release of `host.release`: the next release is another folder, and it is gone.
#pragma once

#include "policy/lint/findings.hpp"
#include "yaml/document.hpp"

namespace deployctl::policy::lint {

// Of all steps of a pipeline: variables and files of some lie in the releases of others.
void check_release_data(const yaml::Node& steps, Findings& findings);

} // namespace deployctl::policy::lint
