#include "formats/age_identity.hpp"

#include <fmt/core.h>

#include "base/crypto_keys.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/bech32.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view key_word = "age-secret-key-";
constexpr std::string_view recipient_word = "age";

std::string ssh_public_key(std::string_view type, std::string_view blob) {
  return fmt::format("{} {}", type, to_base64(blob));
}

std::string shown(const AgeKey& key) {
  return to_bech32(recipient_word, key.public_key);
}

std::string shown(const AgePassphrase&) {
  return "a passphrase";
}

std::string shown(const AgeSshEd25519& key) {
  return ssh_public_key("ssh-ed25519", key.blob);
}

std::string shown(const AgeSshRsa& key) {
  return ssh_public_key("ssh-rsa", key.blob);
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

} // namespace deployctl::formats
