// Who requests to AWS are signed as: a value. Where it comes from is credential_chain.hpp.
#pragma once

#include <optional>
#include <string>

#include <deployctl/secret.hpp>

#include "base/time.hpp"

namespace deployctl::aws {

struct Credentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::optional<Secret> session_token;
  std::optional<WallTime> expires; // none: not known to expire
  std::string account;             // empty: not told by their source
  std::string source;              // for people: "the environment", "profile 'prod'"
};

} // namespace deployctl::aws
