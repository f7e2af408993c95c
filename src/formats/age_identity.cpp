#include "formats/age_identity.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/crypto_keys.hpp"
#include "base/crypto_seal.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/bech32.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view key_word = "age-secret-key-";
constexpr std::string_view recipient_word = "age";
constexpr std::string_view x25519_label = "age-encryption.org/v1/X25519";
constexpr std::string_view scrypt_label = "age-encryption.org/v1/scrypt";
constexpr std::string_view no_nonce("\0\0\0\0\0\0\0\0\0\0\0\0", 12); // each wrapping key is used once
constexpr std::size_t file_key_size = 16;
constexpr std::size_t scrypt_salt_size = 16;
constexpr unsigned most_scrypt_cost = 20; // 1 GiB and some seconds; age itself writes 18

using FileKey = Result<std::optional<Secret>>;

tl::unexpected<Error> malformed(const AgeStanza& stanza, std::string_view what) {
  return fail(Cause::config, fmt::format("header, recipient of type {}: {}", stanza.type, what));
}

Result<std::string> argument(const AgeStanza& stanza, std::size_t size) {
  auto bytes = decode_age_base64(stanza.arguments.front());
  if (!bytes || bytes->size() != size)
    return malformed(stanza, fmt::format("its first argument is not {} bytes in base64", size));
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
  DEPLOYCTL_TRY(const std::string share, argument(stanza, x25519_size));
  const std::optional<Secret> shared = x25519_agree(key.private_key, share);
  if (!shared) return malformed(stanza, "its share is a point of low order");
  return open_body(stanza, hkdf_sha256(*shared, share + key.public_key, x25519_label));
}

Result<unsigned> scrypt_cost(const AgeStanza& stanza) {
  const std::string& text = stanza.arguments[1];
  unsigned cost = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), cost);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0')
    return malformed(stanza, "its work factor is no decimal number above zero");
  if (cost > most_scrypt_cost)
    return malformed(stanza, fmt::format("its work factor is {}, beyond {}", cost, most_scrypt_cost));
  return cost;
}

FileKey unwrap(const AgePassphrase& identity, const AgeStanza& stanza) {
  if (stanza.type != "scrypt") return std::nullopt;
  DEPLOYCTL_CHECK(check_shape(stanza, 2));
  DEPLOYCTL_TRY(const std::string salt, argument(stanza, scrypt_salt_size));
  DEPLOYCTL_TRY(const unsigned cost, scrypt_cost(stanza));
  DEPLOYCTL_TRY(const Secret key, scrypt_key(identity.passphrase, std::string(scrypt_label) + salt, cost));
  return open_body(stanza, key);
}

std::string shown(const AgeKey& key) {
  return to_bech32(recipient_word, key.public_key);
}

std::string shown(const AgePassphrase&) {
  return "a passphrase";
}

} // namespace

Result<AgeIdentity> parse_age_key(std::string_view text) {
  DEPLOYCTL_TRY(Bech32 decoded, from_bech32(text));
  const Wiped bytes(std::move(decoded.bytes));
  if (decoded.word != key_word)
    return fail(Cause::config,
                decoded.word == recipient_word
                    ? "this is a recipient's public key, not an identity"
                    : fmt::format("identities of the kind '{}' are not in this version", decoded.word),
                "an identity begins with AGE-SECRET-KEY-1; age-keygen makes one");
  if (text.front() == 'a') return fail(Cause::config, "an identity is written in capitals");
  if (bytes->size() != x25519_size)
    return fail(Cause::config, fmt::format("an identity has {} bytes, not {}", bytes->size(), x25519_size));
  AgeKey key{.private_key = Secret::reference("age identity").resolved_with(*bytes), .public_key = {}};
  key.public_key = x25519_public_key(key.private_key);
  return key;
}

Result<std::vector<AgeIdentity>> parse_age_identities(std::string_view text) {
  std::vector<AgeIdentity> identities;
  std::size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    const std::string_view key = trim(line);
    if (key.empty() || key.starts_with('#')) continue;
    auto identity = parse_age_key(key);
    if (!identity) {
      identity.error().message = fmt::format("line {}: {}", number, identity.error().message);
      return fail(std::move(identity).error());
    }
    identities.push_back(*std::move(identity));
  }
  return identities;
}

std::string shown_recipient(const AgeIdentity& identity) {
  return std::visit([](const auto& one) { return shown(one); }, identity);
}

Result<std::optional<Secret>> unwrap_file_key(const AgeIdentity& identity, const AgeStanza& stanza) {
  return std::visit([&](const auto& one) { return unwrap(one, stanza); }, identity);
}

} // namespace deployctl::formats
