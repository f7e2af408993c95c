// The file as written against the language's tables, before any environment is chosen: unknown keys, wrong
// types, missing keys, what later versions enforce.
#pragma once

#include "config/findings.hpp"
#include "config/probes.hpp"
#include "yaml/document.hpp"

namespace deployctl::config {

void check_structure(const yaml::Document& document, const Probes& probes, Findings& findings);

// In file order; the maps among them.
std::vector<std::string> environments_of(const yaml::Node& root);

} // namespace deployctl::config
