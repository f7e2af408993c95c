#include "base/crypto_sha512.hpp"

#include <stdexcept>

#include <openssl/evp.h>

namespace deployctl {

std::string sha512(std::string_view bytes) {
  std::string digest(64, '\0');
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size,
                 EVP_sha512(), nullptr) != 1)
    throw std::runtime_error("openssl refused SHA-512");
  return digest;
}

} // namespace deployctl
