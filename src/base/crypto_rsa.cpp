#include "base/crypto_rsa.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "base/crypto_openssl.hpp"
#include "base/wiped.hpp"

namespace deployctl {
namespace {

constexpr std::size_t largest_modulus = 16384 / 8; // what OpenSSL computes with

using openssl::octets;
using openssl::Owned;
using openssl::require;
using Number = Owned<BIGNUM, BN_clear_free>;
using Parameters = Owned<OSSL_PARAM, OSSL_PARAM_free>;
using Builder = Owned<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Context = Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;

Number number(std::string_view bytes) {
  Number out(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
  require(out != nullptr, "a number");
  return out;
}

// Null when the numbers are no key.
Key import(const RsaPrivateKey& key) {
  const Number n = number(key.modulus);
  const Number e = number(key.public_exponent);
  const Number d = number(key.private_exponent.reveal());
  const Builder builder(OSSL_PARAM_BLD_new());
  require(builder && OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1 &&
              OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_D, d.get()) == 1,
          "the numbers of a key");
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  require(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1, "a key from numbers");
  EVP_PKEY* made = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_KEYPAIR, parameters.get()) != 1) return nullptr;
  return Key(made);
}

// OpenSSL takes the label over and frees it.
bool set_label(EVP_PKEY_CTX* context, std::string_view label) {
  void* copy = OPENSSL_memdup(label.data(), label.size());
  if (EVP_PKEY_CTX_set0_rsa_oaep_label(context, copy, static_cast<int>(label.size())) == 1) return true;
  OPENSSL_free(copy);
  return false;
}

} // namespace

std::optional<Secret> open_rsa_oaep(const RsaPrivateKey& key, std::string_view sealed, std::string_view label,
                                    std::size_t size) {
  if (key.modulus.size() > largest_modulus || sealed.size() > largest_modulus) return std::nullopt;
  const Key imported = import(key);
  if (!imported) return std::nullopt;
  const Context context(EVP_PKEY_CTX_new(imported.get(), nullptr));
  if (!context || EVP_PKEY_decrypt_init(context.get()) != 1) return std::nullopt;
  require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
              set_label(context.get(), label),
          "the settings of OAEP");
  Wiped plain(std::string(largest_modulus, '\0'));
  std::size_t opened = plain->size();
  if (EVP_PKEY_decrypt(context.get(), octets(*plain), &opened, octets(sealed), sealed.size()) != 1 ||
      opened != size)
    return std::nullopt;
  return Secret::reference("unwrapped key").resolved_with(std::string_view(*plain).substr(0, size));
}

} // namespace deployctl
