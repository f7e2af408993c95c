#include "base/crypto_keys.hpp"

#include <array>
#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "base/crypto.hpp"
#include "base/crypto_openssl.hpp"
#include "base/crypto_sha512.hpp"
#include "base/wiped.hpp"

namespace deployctl {
namespace {

using openssl::octets;
using openssl::require;
using Key = openssl::Owned<EVP_PKEY, EVP_PKEY_free>;
using Agreement = openssl::Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

Secret secret_of(std::string_view bytes) {
  return Secret::reference("derived key").resolved_with(bytes);
}

Key x25519_key(const Secret& private_key) {
  const std::string_view bytes = private_key.reveal();
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, octets(bytes), bytes.size()));
  require(key != nullptr, "a private key of X25519");
  return key;
}

} // namespace

Secret hkdf_sha256(const Secret& key, std::string_view salt, std::string_view info, std::size_t size) {
  if (size > sizeof(Sha256Digest::bytes)) throw std::logic_error("more than one block of HKDF");
  Sha256Digest extracted = hmac_sha256(salt, key.reveal());
  Sha256Digest expanded = hmac_sha256(extracted.view(), std::string(info) + '\x01');
  Secret derived = secret_of(expanded.view().substr(0, size));
  OPENSSL_cleanse(extracted.bytes.data(), extracted.bytes.size());
  OPENSSL_cleanse(expanded.bytes.data(), expanded.bytes.size());
  return derived;
}

Result<Secret> scrypt_key(const Secret& passphrase, std::string_view salt, unsigned cost) {
  constexpr std::uint64_t block = 8;
  constexpr std::uint64_t lanes = 1;
  const std::uint64_t rounds = std::uint64_t{1} << cost;
  const std::uint64_t memory = 128 * block * (rounds + lanes + 2);
  Wiped key(std::string(32, '\0'));
  const std::string_view bytes = passphrase.reveal();
  if (EVP_PBE_scrypt(bytes.data(), bytes.size(), octets(salt), salt.size(), rounds, block, lanes, memory,
                     octets(*key), key->size()) != 1)
    return fail(Cause::capacity, "scrypt did not get " + std::to_string(memory >> 20U) + " MiB of memory");
  return secret_of(*key);
}

std::string x25519_public_key(const Secret& private_key) {
  const Key key = x25519_key(private_key);
  std::string out(x25519_size, '\0');
  std::size_t size = out.size();
  require(EVP_PKEY_get_raw_public_key(key.get(), octets(out), &size) == 1, "a public key of X25519");
  return out;
}

std::optional<Secret> x25519_agree(const Secret& private_key, std::string_view public_key) {
  const Key own = x25519_key(private_key);
  const Key other(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, octets(public_key), public_key.size()));
  require(other != nullptr, "a public key of X25519");
  const Agreement agreement(EVP_PKEY_CTX_new(own.get(), nullptr));
  require(agreement && EVP_PKEY_derive_init(agreement.get()) == 1 &&
              EVP_PKEY_derive_set_peer(agreement.get(), other.get()) == 1,
          "an agreement of X25519");
  Wiped shared(std::string(x25519_size, '\0'));
  std::size_t size = shared->size();
  if (EVP_PKEY_derive(agreement.get(), octets(*shared), &size) != 1) return std::nullopt;
  // The library refuses low orders too; this does not depend on its version.
  if (equal_in_constant_time(*shared, std::string(x25519_size, '\0'))) return std::nullopt;
  return secret_of(*shared);
}

std::optional<Secret> x25519_agree(const Secret& private_key, const Secret& public_key) {
  return x25519_agree(private_key, public_key.reveal());
}

Secret x25519_from_ed25519(const Secret& seed) {
  const Wiped digest(sha512(seed.reveal()));
  return secret_of(std::string_view(*digest).substr(0, x25519_size));
}

} // namespace deployctl
