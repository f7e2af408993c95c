// Opens files encrypted with age (age-encryption.org/v1), armored or not, in process. Reads only; encrypting
// is the business of the age program.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "formats/age_identity.hpp"

namespace deployctl::formats {

// The plain bytes, all of them or none; wipe them. Messages begin with what is wrong: "armor, ", "header, ",
// "payload, " (Cause::config: damaged or altered) or "no identity fits" (Cause::auth).
Result<std::string> open_age(std::string_view file, std::span<const AgeIdentity> identities);

} // namespace deployctl::formats
