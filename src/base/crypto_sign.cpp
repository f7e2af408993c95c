#include "base/crypto_sign.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "base/crypto_openssl.hpp"
#include "base/encode.hpp"
#include "base/json.hpp"
#include "base/wiped.hpp"

namespace deployctl {
namespace {

using Bytes = openssl::Owned<BIO, BIO_free_all>;
using Key = openssl::Owned<EVP_PKEY, EVP_PKEY_free>;
using Context = openssl::Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
} // namespace

Result<Secret> sign_jwt_rs256(const Secret& private_key_pem, const Value::Map& header,
                              const Value::Map& claims) {
  const std::string_view pem = private_key_pem.reveal();
  const Bytes bytes(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  openssl::require(bytes != nullptr, "a buffer");
  const Key key(PEM_read_bio_PrivateKey(bytes.get(), nullptr, openssl::no_passphrase, nullptr));
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA)
    return fail(Cause::config, "the private key is no RSA key in PEM without a passphrase");
  Value::Map full = header;
  full.insert_or_assign("alg", "RS256");
  full.insert_or_assign("typ", "JWT");
  Wiped token(to_base64_url(to_json(full, JsonMode::plain)) + "." +
              to_base64_url(to_json(claims, JsonMode::plain)));
  const Context context(EVP_MD_CTX_new());
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(key.get())), '\0');
  std::size_t size = signature.size();
  openssl::require(context &&
                       EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                       EVP_DigestSign(context.get(), openssl::octets(signature), &size,
                                      openssl::octets(*token), token->size()) == 1,
                   "to sign");
  signature.resize(size);
  *token += "." + to_base64_url(signature);
  return Secret::reference("signed token").resolved_with(*token);
}

} // namespace deployctl
