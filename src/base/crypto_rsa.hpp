// RSA with OAEP (RFC 8017, SHA-256 for both hashes): opening only, for SSH keys that unwrap file keys.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <deployctl/secret.hpp>

namespace deployctl {

// Big-endian numbers.
struct RsaPrivateKey {
  std::string modulus;
  std::string public_exponent;
  Secret private_exponent;
};

// Nothing when it was not sealed for this key and label, holds another number of bytes than `size`, or the
// key is none.
std::optional<Secret> open_rsa_oaep(const RsaPrivateKey& key, std::string_view sealed, std::string_view label,
                                    std::size_t size);

} // namespace deployctl
