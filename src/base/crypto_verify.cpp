#include "base/crypto_verify.hpp"

#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace deployctl {
namespace {

constexpr int least_rsa_bits = 2048;

struct Release {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

const unsigned char* octets(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

// Without it OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

bool is_accepted(const EVP_PKEY& key) {
  const int id = EVP_PKEY_get_base_id(&key);
  if (id == EVP_PKEY_RSA) return EVP_PKEY_get_bits(&key) >= least_rsa_bits;
  return id == EVP_PKEY_EC || id == EVP_PKEY_ED25519;
}

} // namespace

struct PublicKey::Key {
  Owned<EVP_PKEY> key;
};

Result<PublicKey> PublicKey::parse(std::string_view pem) {
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) throw std::runtime_error("openssl refused a buffer");
  Owned<EVP_PKEY> key(PEM_read_bio_PUBKEY(bio.get(), nullptr, no_passphrase, nullptr));
  ERR_clear_error();
  if (!key || !is_accepted(*key))
    return fail(Cause::config, "it is no public key in PEM (ECDSA, Ed25519, or RSA of at least 2048 bits)");
  return PublicKey(std::make_shared<const Key>(Key{std::move(key)}));
}

bool PublicKey::verifies(std::string_view message, std::string_view signature) const {
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY* key = key_->key.get();
  const EVP_MD* hash = EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519 ? nullptr : EVP_sha256();
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, hash, nullptr, key) != 1)
    throw std::runtime_error("openssl refused to verify");
  const bool good = EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message),
                                     message.size()) == 1;
  ERR_clear_error();
  return good;
}

} // namespace deployctl
