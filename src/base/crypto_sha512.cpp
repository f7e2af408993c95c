#include "base/crypto_sha512.hpp"

#include <openssl/evp.h>

#include "base/crypto_openssl.hpp"

namespace deployctl {

std::string sha512(std::string_view bytes) {
  std::string digest(64, '\0');
  unsigned size = 0;
  openssl::require(
      EVP_Digest(bytes.data(), bytes.size(), openssl::octets(digest), &size, EVP_sha512(), nullptr) == 1,
      "SHA-512");
  return digest;
}

} // namespace deployctl
