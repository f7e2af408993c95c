#include "base/crypto_verify.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/crypto_openssl.hpp"

namespace deployctl {
namespace {

constexpr int least_rsa_bits = 2048;

using openssl::octets;
using Bytes = openssl::Owned<BIO, BIO_free_all>;
using OwnedKey = openssl::Owned<EVP_PKEY, EVP_PKEY_free>;
using Context = openssl::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

bool is_accepted(const EVP_PKEY& key) {
  const int id = EVP_PKEY_get_base_id(&key);
  if (id == EVP_PKEY_RSA) return EVP_PKEY_get_bits(&key) >= least_rsa_bits;
  return id == EVP_PKEY_EC || id == EVP_PKEY_ED25519;
}

} // namespace

struct PublicKey::Key {
  OwnedKey key;
};

Result<PublicKey> PublicKey::parse(std::string_view pem) {
  const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  openssl::require(bytes != nullptr, "a buffer");
  OwnedKey key(PEM_read_bio_PUBKEY(bytes.get(), nullptr, openssl::no_passphrase, nullptr));
  ERR_clear_error();
  if (!key || !is_accepted(*key))
    return fail(Cause::config, "it is no public key in PEM (ECDSA, Ed25519, or RSA of at least 2048 bits)");
  return PublicKey(std::make_shared<const Key>(Key{std::move(key)}));
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const Context context(EVP_MD_CTX_new());
  EVP_PKEY* key = key_->key.get();
  const EVP_MD* hash = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  openssl::require(context && EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) == 1,
                   "to verify");
  const bool good = EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                                     message.size()) == 1;
  ERR_clear_error();
  return good;
}

} // namespace deployctl
