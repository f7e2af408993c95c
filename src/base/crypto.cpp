#include "base/crypto.hpp"

#include <cstring>
#include <span>
#include <vector>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/crypto_openssl.hpp"
#include "base/encode.hpp"

namespace deployctl {
namespace {

using openssl::require;

} // namespace

struct Sha256::Context {
  openssl::Owned<EVP_MD_CTX, EVP_MD_CTX_free> digest{EVP_MD_CTX_new()};
};

std::string_view Sha256Digest::view() const {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Sha256Digest::hex() const {
  return to_hex(view());
}

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  require(context_->digest && EVP_DigestInit_ex(context_->digest.get(), EVP_sha256(), nullptr) == 1,
          "SHA-256");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

Sha256& Sha256::update(std::string_view bytes) {
  require(EVP_DigestUpdate(context_->digest.get(), bytes.data(), bytes.size()) == 1, "bytes of SHA-256");
  return *this;
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  unsigned size = 0;
  require(EVP_DigestFinal_ex(context_->digest.get(), digest.bytes.data(), &size) == 1, "the end of SHA-256");
  return digest;
}

Sha256Digest sha256(std::string_view bytes) {
  return Sha256().update(bytes).finish();
}

std::string sha256_hex(std::string_view bytes) {
  return sha256(bytes).hex();
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view message) {
  Sha256Digest digest;
  unsigned size = 0;
  const auto* text = reinterpret_cast<const unsigned char*>(message.data());
  // A null key means "the last one" to OpenSSL, so an empty key still needs an address.
  const char* bytes = key.empty() ? "" : key.data();
  require(HMAC(EVP_sha256(), bytes, static_cast<int>(key.size()), text, message.size(), digest.bytes.data(),
               &size) != nullptr,
          "HMAC");
  return digest;
}

Sha256Digest hmac_sha256(const Secret& key, std::string_view message) {
  return hmac_sha256(key.reveal(), message);
}

Secret derive_key(const Secret& key, std::string_view message) {
  Sha256Digest digest = hmac_sha256(key, message);
  Secret derived = key.resolved_with(digest.view());
  OPENSSL_cleanse(digest.bytes.data(), digest.bytes.size());
  return derived;
}

std::string keyed_fingerprint(std::string_view key, const Secret& secret) {
  return "keyed:" + hmac_sha256(key, secret.reveal()).hex();
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string random_hex(Random& random, std::size_t count) {
  std::string bytes(count, '\0');
  random.fill(std::as_writable_bytes(std::span(bytes.data(), bytes.size())));
  return to_hex(bytes);
}

} // namespace deployctl
