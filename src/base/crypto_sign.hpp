// Signatures with private keys that come as PEM: JSON Web Tokens for those who give credentials for them.
#pragma once

#include <string>

#include <deployctl/result.hpp>
#include <deployctl/secret.hpp>
#include <deployctl/value.hpp>

namespace deployctl {

// A signed token (RFC 7515, RS256) over `claims`, with `header` besides "alg" and "typ": as good as a
// password while it lasts, so it is a secret. Cause::config: the text is no RSA key, or one with a
// passphrase.
Result<Secret> sign_jwt_rs256(const Secret& private_key_pem, const Value::Map& header,
                              const Value::Map& claims);

} // namespace deployctl
