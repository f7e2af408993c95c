// A registry's credential in the form in which an engine takes it for one pull: it is kept nowhere over
// there.
#pragma once

#include <string>

#include <deployctl/text.hpp>

#include "registry/credentials.hpp"

namespace deployctl::providers::docker {

// Empty for the anonymous.
Result<Text> registry_login(const registry::Credential& credential, const std::string& host);

} // namespace deployctl::providers::docker
