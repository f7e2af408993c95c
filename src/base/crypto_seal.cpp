#include "base/crypto_seal.hpp"

#include <limits>

#include <openssl/evp.h>

#include "base/crypto_openssl.hpp"
#include "base/wiped.hpp"

namespace deployctl {
namespace {

constexpr std::size_t key_size = 32;
constexpr std::size_t longest_nonce = 128; // of GCM in OpenSSL
constexpr std::size_t chacha_nonce = 12;

using openssl::octets;
using openssl::require;
using Context = openssl::Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

bool sizes_fit(Cipher cipher, std::string_view key, const Sealed& sealed) {
  constexpr auto largest = static_cast<std::size_t>(std::numeric_limits<int>::max());
  const bool nonce_fits = cipher == Cipher::chacha20_poly1305
                              ? sealed.nonce.size() == chacha_nonce
                              : !sealed.nonce.empty() && sealed.nonce.size() <= longest_nonce;
  return key.size() == key_size && nonce_fits && sealed.tag.size() == seal_tag_size &&
         sealed.bytes.size() < largest && sealed.additional.size() < largest;
}

Context begin(Cipher cipher, std::string_view key, const Sealed& sealed) {
  Context context(EVP_CIPHER_CTX_new());
  const EVP_CIPHER* algorithm =
      cipher == Cipher::chacha20_poly1305 ? EVP_chacha20_poly1305() : EVP_aes_256_gcm();
  std::string tag(sealed.tag); // the interface wants it writable
  require(context && EVP_DecryptInit_ex(context.get(), algorithm, nullptr, nullptr, nullptr) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN,
                                  static_cast<int>(sealed.nonce.size()), nullptr) == 1 &&
              EVP_DecryptInit_ex(context.get(), nullptr, nullptr, octets(key), octets(sealed.nonce)) == 1 &&
              EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                                  tag.data()) == 1,
          "a key and a nonce");
  return context;
}

} // namespace

bool open_sealed(Cipher cipher, const Secret& key, const Sealed& sealed, std::string& out) {
  if (!sizes_fit(cipher, key.reveal(), sealed)) return false;
  const Context context = begin(cipher, key.reveal(), sealed);
  const std::size_t before = out.size();
  // One byte more, so that an empty message has an address too.
  out.resize(before + sealed.bytes.size() + 1);
  auto* plain = octets(out) + before;
  int size = 0;
  if (!sealed.additional.empty())
    require(EVP_DecryptUpdate(context.get(), nullptr, &size, octets(sealed.additional),
                              static_cast<int>(sealed.additional.size())) == 1,
            "additional data");
  if (!sealed.bytes.empty())
    require(EVP_DecryptUpdate(context.get(), plain, &size, octets(sealed.bytes),
                              static_cast<int>(sealed.bytes.size())) == 1,
            "sealed bytes");
  const bool genuine = EVP_DecryptFinal_ex(context.get(), plain + sealed.bytes.size(), &size) == 1;
  if (!genuine) ::explicit_bzero(plain, sealed.bytes.size());
  out.resize(before + (genuine ? sealed.bytes.size() : 0));
  return genuine;
}

std::optional<Secret> open_key(Cipher cipher, const Secret& key, const Sealed& sealed) {
  Wiped plain;
  plain->reserve(sealed.bytes.size() + 1);
  if (!open_sealed(cipher, key, sealed, *plain)) return std::nullopt;
  return Secret::reference("unwrapped key").resolved_with(*plain);
}

} // namespace deployctl
