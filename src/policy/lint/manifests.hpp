// Kubernetes manifests of kind Secret that hold values: base64 is no protection.
#pragma once

#include <string_view>
#include <vector>

#include "policy/lint/token_scan.hpp"

namespace deployctl::policy::lint {

// Of every document in the text; one that is no YAML by itself (a template) says nothing here.
std::vector<FoundSecret> secrets_in_manifests(std::string_view text);

} // namespace deployctl::policy::lint
