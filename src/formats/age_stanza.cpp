
#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/crypto_keys.hpp"
#include "base/crypto_seal.hpp"
#include "base/integer.hpp"
#include "formats/age_identity.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view x25519_label = "age-encryption.org/v1/X25519";
constexpr std::string_view scrypt_label = "age-encryption.org/v1/scrypt";
constexpr std::string_view ssh_ed25519_label = "age-encryption.org/v1/ssh-ed25519";
constexpr std::string_view ssh_rsa_label = "age-encryption.org/v1/ssh-rsa";
constexpr std::string_view no_nonce("\0\0\0\0\0\0\0\0\0\0\0\0", 12); // each wrapping key is used once
constexpr std::size_t file_key_size = 16;
constexpr std::size_t scrypt_salt_size = 16;
constexpr unsigned most_scrypt_cost = 20; // 1 GiB and some seconds; age itself writes 18

using FileKey = Result<std::optional<Secret>>;

tl::unexpected<Error> malformed(const AgeStanza& stanza, std::string_view what) {
  return fail(Cause::config, fmt::format("header, recipient of type {}: {}", stanza.type, what));
}

Result<std::string> argument(const AgeStanza& stanza, std::size_t at, std::size_t size) {
  auto bytes = decode_age_base64(stanza.arguments[at]);
  if (!bytes || bytes->size() != size)
    return malformed(stanza, fmt::format("argument {} is not {} bytes in base64", at + 1, size));
  return bytes;
}

FileKey open_body(const AgeStanza& stanza, const Secret& wrapping_key) {
  const std::string_view body = stanza.body;
  return open_key(
      Cipher::chacha20_poly1305, wrapping_key,
      {.nonce = no_nonce, .bytes = body.substr(0, file_key_size), .tag = body.substr(file_key_size)});
}

// Before any decryption: a longer key would let one stanza open under two keys.
Status check_shape(const AgeStanza& stanza, std::size_t arguments) {
  if (stanza.arguments.size() != arguments)
    return malformed(stanza, fmt::format("it has {} arguments, not {}", stanza.arguments.size(), arguments));
  if (stanza.body.size() != file_key_size + seal_tag_size)
    return malformed(stanza, fmt::format("its body has {} bytes, not {}", stanza.body.size(),
                                         file_key_size + seal_tag_size));
  return {};
}

FileKey unwrap(const AgeKey& key, const AgeStanza& stanza) {
  if (stanza.type != "X25519") return std::nullopt;
  DEPLOYCTL_CHECK(check_shape(stanza, 1));
  DEPLOYCTL_TRY(const std::string share, argument(stanza, 0, x25519_size));
  const std::optional<Secret> shared = x25519_agree(key.private_key, share);
  if (!shared) return malformed(stanza, "its share is a point of low order");
  return open_body(stanza, hkdf_sha256(*shared, share + key.public_key, x25519_label));
}

Result<unsigned> scrypt_cost(const AgeStanza& stanza) {
  const std::string& text = stanza.arguments[1];
  const auto cost = parse_integer<unsigned>(text);
  if (!cost || text.front() == '0')
    return malformed(stanza, "its work factor is no decimal number above zero");
  if (*cost > most_scrypt_cost)
    return malformed(stanza, fmt::format("its work factor is {}, beyond {}", *cost, most_scrypt_cost));
  return *cost;
}

FileKey unwrap(const AgePassphrase& identity, const AgeStanza& stanza) {
  if (stanza.type != "scrypt") return std::nullopt;
  DEPLOYCTL_CHECK(check_shape(stanza, 2));
  DEPLOYCTL_TRY(const std::string salt, argument(stanza, 0, scrypt_salt_size));
  DEPLOYCTL_TRY(const unsigned cost, scrypt_cost(stanza));
  DEPLOYCTL_TRY(const Secret key, scrypt_key(identity.passphrase, std::string(scrypt_label) + salt, cost));
  return open_body(stanza, key);
}

// The first argument says which SSH key, in four bytes.
bool is_for(const AgeStanza& stanza, std::string_view type, std::string_view blob) {
  constexpr std::size_t tag_size = 4;
  if (stanza.type != type || stanza.arguments.empty()) return false;
  const auto tag = decode_age_base64(stanza.arguments.front());
  return tag && *tag == sha256(blob).view().substr(0, tag_size);
}

FileKey unwrap(const AgeSshEd25519& key, const AgeStanza& stanza) {
  if (!is_for(stanza, "ssh-ed25519", key.blob)) return std::nullopt;
  DEPLOYCTL_CHECK(check_shape(stanza, 2));
  DEPLOYCTL_TRY(const std::string share, argument(stanza, 1, x25519_size));
  std::optional<Secret> shared = x25519_agree(key.private_key, share);
  // Binds the agreement to the SSH key, of which the other curve's key is only half.
  const Secret tweak = hkdf_sha256(Secret(), key.blob, ssh_ed25519_label);
  if (shared) shared = x25519_agree(tweak, *shared);
  if (!shared) return malformed(stanza, "its share is a point of low order");
  return open_body(stanza, hkdf_sha256(*shared, share + key.public_key, ssh_ed25519_label));
}

FileKey unwrap(const AgeSshRsa& key, const AgeStanza& stanza) {
  if (!is_for(stanza, "ssh-rsa", key.blob)) return std::nullopt;
  if (stanza.arguments.size() != 1) return malformed(stanza, "it has more than one argument");
  return open_rsa_oaep(key.key, stanza.body, ssh_rsa_label, file_key_size);
}

} // namespace

Result<std::optional<Secret>> unwrap_file_key(const AgeIdentity& identity, const AgeStanza& stanza) {
  return std::visit([&](const auto& one) { return unwrap(one, stanza); }, identity);
}

} // namespace deployctl::formats
