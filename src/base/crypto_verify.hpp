// Signatures held against public keys that come as PEM: of images and of statements about them. Making
// signatures is crypto_sign.hpp.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl {

class PublicKey {
public:
  // ECDSA (P-256, P-384, P-521), Ed25519 or RSA of at least 2048 bits. Cause::config for anything else.
  static Result<PublicKey> parse(std::string_view pem);

  // Over SHA-256 of the message (ECDSA in DER, RSA with PKCS #1 v1.5), or over the message itself (Ed25519).
  [[nodiscard]] bool verifies(std::string_view message, std::string_view signature) const;

private:
  struct Key;
  explicit PublicKey(std::shared_ptr<const Key> key) : key_(std::move(key)) {}

  std::shared_ptr<const Key> key_;
};

} // namespace deployctl
