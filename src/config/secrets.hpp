// The references under `secrets`: grammar and the stores of this version. Nothing is resolved here: the
// instances under `providers` that they need become used.
#pragma once

#include <vector>

#include "config/instances.hpp"
#include "config/pipeline.hpp"
#include "config/scope.hpp"

namespace deployctl::config {

// Strict: those that were used while reading, in file order. Offline: all, so that every mistake is found.
std::vector<SecretDeclaration> read_secrets(const yaml::Node& merged, Scope& scope, const Reader& reader,
                                            Instances& instances, Knowledge knowledge, Findings& findings);

} // namespace deployctl::config
