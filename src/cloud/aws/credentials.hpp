// Who requests to AWS are signed as: a value, and where one is asked for. Where they come from is
// credential_chain.hpp.
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include <deployctl/result.hpp>
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

// Thread-safe.
class CredentialSource {
public:
  virtual ~CredentialSource() = default;
  virtual Result<Credentials> credentials(const std::stop_token& stop) = 0;
  // A service says that these have expired: the next ones are others, if there are any.
  virtual void expired(const Credentials& credentials) = 0;
};

} // namespace deployctl::aws
