// SSH keys as age identities: the private key file of OpenSSH (PROTOCOL.key), unencrypted.
#include <cstdint>
#include <optional>

#include <fmt/core.h>

#include "base/crypto_keys.hpp"
#include "base/encode.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/age_identity.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view first_line = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view last_line = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view magic("openssh-key-v1\0", 15);
constexpr std::size_t seed_size = 32;

// The wire form of RFC 4251: numbers of four bytes, and strings behind their length. Gives views, no copies.
class WireReader {
public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<std::uint32_t> number() {
    if (rest_.size() < 4) return std::nullopt;
    std::uint32_t value = 0;
    for (const char byte : rest_.substr(0, 4)) value = value << 8U | static_cast<unsigned char>(byte);
    rest_.remove_prefix(4);
    return value;
  }

  // Empty, and `broken` from then on, when the bytes end before.
  std::string_view text() {
    const auto size = number();
    if (!size || *size > rest_.size()) {
      broken_ = true;
      return {};
    }
    const std::string_view found = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return found;
  }

  bool skip(std::string_view expected) {
    if (!rest_.starts_with(expected)) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }

  [[nodiscard]] bool broken() const { return broken_; }

private:
  std::string_view rest_;
  bool broken_ = false;
};

tl::unexpected<Error> fault(std::string_view what, std::string help = {}) {
  return fail(Cause::config, fmt::format("an SSH key that cannot be used: {}", what), std::move(help));
}

AgeIdentity ed25519(std::string_view seed, std::string_view blob) {
  AgeSshEd25519 key{.private_key = x25519_from_ed25519(Secret::reference("SSH key").resolved_with(seed)),
                    .public_key = {},
                    .blob = std::string(blob)};
  key.public_key = x25519_public_key(key.private_key);
  return key;
}

// The fields of the private half, behind its two check numbers.
Result<AgeIdentity> read_private(WireReader& fields, std::string_view blob) {
  const std::string_view type = fields.text();
  const std::string_view first = fields.text();  // ed25519: the public key; rsa: the modulus
  const std::string_view second = fields.text(); // ed25519: seed and public key; rsa: the public exponent
  if (type == "ssh-ed25519") {
    if (fields.broken() || second.size() != 2 * seed_size) return fault("it is damaged");
    return ed25519(second.substr(0, seed_size), blob);
  }
  if (type != "ssh-rsa")
    return fault(fmt::format("its type is {}", type.empty() ? "unknown" : type),
                 "age takes ssh-ed25519 and ssh-rsa");
  const std::string_view exponent = fields.text();
  if (fields.broken()) return fault("it is damaged");
  return AgeSshRsa{.key = {.modulus = std::string(first),
                           .public_exponent = std::string(second),
                           .private_exponent = Secret::reference("SSH key").resolved_with(exponent)},
                   .blob = std::string(blob)};
}

Result<std::string> decode(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (!trimmed.starts_with(first_line) || !trimmed.ends_with(last_line))
    return fault("it is not in OpenSSH's own form", "ssh-keygen -p -f FILE writes it anew");
  Wiped body;
  body->reserve(trimmed.size());
  for (const char c :
       trimmed.substr(first_line.size(), trimmed.size() - first_line.size() - last_line.size()))
    if (c != '\n' && c != '\r') *body += c;
  auto bytes = from_base64(*body);
  if (!bytes) return fault("it is damaged");
  return bytes;
}

} // namespace

bool is_ssh_private_key(std::string_view text) {
  const std::string_view trimmed = trim(text);
  return trimmed.starts_with("-----BEGIN ") && trimmed.find("PRIVATE KEY-----") < first_line.size();
}

Result<AgeIdentity> parse_ssh_identity(std::string_view text) {
  DEPLOYCTL_TRY(std::string decoded, decode(text));
  const Wiped bytes(std::move(decoded));
  WireReader file(*bytes);
  if (!file.skip(magic)) return fault("it is damaged");
  const std::string_view cipher = file.text();
  (void)file.text(); // how a passphrase becomes a key
  (void)file.text(); // and its parameters
  if (!file.broken() && cipher != "none")
    return fault("it has a passphrase", "use a key without one, or an age identity");
  const auto count = file.number();
  const std::string_view blob = file.text();
  WireReader fields(file.text());
  const auto check = fields.number();
  if (file.broken() || count != 1U || !check || check != fields.number()) return fault("it is damaged");
  return read_private(fields, blob);
}

} // namespace deployctl::formats
