// One environment of a document as a Pipeline: overlay, hosts, secrets, providers, steps, graph.
#pragma once

#include <optional>
#include <string_view>

#include "config/findings.hpp"
#include "config/load.hpp"
#include "config/scope.hpp"

namespace deployctl::config {

// What is there also beside mistakes in `findings`. Offline also checks what no step uses.
// The digest is left to `load`.
Pipeline read_environment(const Subject& subject, std::string_view environment, Knowledge knowledge,
                          Findings& findings);

// `--set` of a variable that is not among the declared `names`; `vars` is where it would be declared.
void report_undeclared(const std::string& name, const std::vector<std::string>& names,
                       const yaml::Entry* vars, Findings& findings);

} // namespace deployctl::config
