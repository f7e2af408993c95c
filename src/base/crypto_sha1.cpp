#include "base/crypto_sha1.hpp"

#include <array>

#include <openssl/evp.h>

#include "base/crypto_openssl.hpp"
#include "base/encode.hpp"

namespace deployctl {

std::string sha1_hex(std::string_view bytes) {
  std::array<unsigned char, 20> digest{};
  unsigned size = 0;
  openssl::require(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha1(), nullptr) == 1,
                   "SHA-1");
  return to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

} // namespace deployctl
