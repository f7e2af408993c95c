#include "base/crypto_sign.hpp"

#include <memory>
#include <stdexcept>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/wiped.hpp"

namespace deployctl {
namespace {

struct Release {
  void operator()(BIO* bio) const { BIO_free_all(bio); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

// Without it OpenSSL would ask at the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

} // namespace

Result<Secret> sign_jwt_rs256(const Secret& private_key_pem, const Value::Map& header,
                              const Value::Map& claims) {
  const std::string_view pem = private_key_pem.reveal();
  const Owned<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!bio) throw std::runtime_error("openssl refused a buffer");
  const Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return fail(Cause::config, "the private key is no RSA key in PEM without a passphrase");
  Value::Map full = header;
  full.insert_or_assign("alg", "RS256");
  full.insert_or_assign("typ", "JWT");
  Wiped token(to_base64_url(to_json(full, JsonMode::plain)) + "." +
              to_base64_url(to_json(claims, JsonMode::plain)));
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = signature.size();
  if (!context || EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(token->data()), token->size()) != 1)
    throw std::runtime_error("openssl refused to sign");
  signature.resize(size);
  *token += "." + to_base64_url(signature);
  return Secret::reference("signed token").resolved_with(*token);
}

} // namespace deployctl
