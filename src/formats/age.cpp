#include "formats/age.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/crypto.hpp"
#include "base/crypto_keys.hpp"
#include "base/crypto_seal.hpp"
#include "base/strings.hpp"
#include "base/wiped.hpp"
#include "formats/age_armor.hpp"

namespace deployctl::formats {
namespace {

constexpr std::size_t payload_nonce_size = 16;
constexpr std::size_t chunk_size = std::size_t{64} << 10U;
constexpr std::size_t sealed_chunk_size = chunk_size + seal_tag_size;
constexpr std::size_t counter_size = 11; // bytes of a chunk's nonce; the twelfth tells the last one

// A passphrase stands alone, else who knows one of several could forge the file (age specification).
Status check_passphrase_alone(const AgeHeader& header) {
  const bool any = std::any_of(header.stanzas.begin(), header.stanzas.end(),
                               [](const AgeStanza& stanza) { return stanza.type == "scrypt"; });
  if (any && header.stanzas.size() != 1)
    return fail(Cause::config, "header, recipient of type scrypt: it is not the only recipient");
  return {};
}

tl::unexpected<Error> none_fits(const AgeHeader& header, std::span<const AgeIdentity> identities) {
  std::vector<std::string> types;
  for (const AgeStanza& stanza : header.stanzas) types.push_back(stanza.type);
  std::vector<std::string> tried;
  for (const AgeIdentity& identity : identities) tried.push_back(shown_recipient(identity));
  return fail(Cause::auth, fmt::format("no identity fits: the file is for recipients of type {}, tried {}",
                                       types.empty() ? "none" : join(types, ", "),
                                       tried.empty() ? "none" : join(tried, ", ")));
}

Result<Secret> file_key(const AgeHeader& header, std::span<const AgeIdentity> identities) {
  DEPLOYCTL_CHECK(check_passphrase_alone(header));
  for (const AgeIdentity& identity : identities) {
    for (const AgeStanza& stanza : header.stanzas) {
      DEPLOYCTL_TRY(std::optional<Secret> key, unwrap_file_key(identity, stanza));
      if (key) return *std::move(key);
    }
  }
  return none_fits(header, identities);
}

class ChunkNonce {
public:
  [[nodiscard]] std::string_view of(std::uint64_t number, bool last) {
    for (std::size_t i = counter_size; i-- > counter_size - sizeof(number); number >>= 8U)
      bytes_[i] = static_cast<char>(number & 0xffU);
    bytes_[counter_size] = last ? '\x01' : '\0';
    return bytes_;
  }

private:
  std::string bytes_ = std::string(counter_size + 1, '\0');
};

// The last chunk is told by its nonce, so a file that ends early or goes on does not open.
Result<std::string> open_payload(const Secret& file_key, std::string_view payload) {
  if (payload.size() < payload_nonce_size)
    return fail(Cause::config, "header, end: the file ends before the payload's nonce");
  const Secret key = hkdf_sha256(file_key, payload.substr(0, payload_nonce_size), "payload");
  std::string_view rest = payload.substr(payload_nonce_size);
  Wiped plain;
  plain->reserve(rest.size());
  ChunkNonce nonce;
  std::uint64_t number = 0;
  do {
    const std::string_view chunk = rest.substr(0, sealed_chunk_size);
    rest.remove_prefix(chunk.size());
    const bool only_seal = chunk.size() == seal_tag_size && number > 0;
    if (chunk.size() < seal_tag_size || only_seal)
      return fail(Cause::config, fmt::format("payload, chunk {}: the file ends here", number + 1));
    const std::size_t size = chunk.size() - seal_tag_size;
    if (!open_sealed(Cipher::chacha20_poly1305, key,
                     {.nonce = nonce.of(number, rest.empty()),
                      .bytes = chunk.substr(0, size),
                      .tag = chunk.substr(size)},
                     *plain))
      return fail(Cause::config, fmt::format("payload, chunk {}: damaged or altered", number + 1));
    ++number;
  } while (!rest.empty());
  return std::move(*plain);
}

} // namespace

Result<std::string> open_age(std::string_view file, std::span<const AgeIdentity> identities) {
  if (is_age_armor(file)) {
    DEPLOYCTL_TRY(const std::string inside, remove_age_armor(file));
    if (is_age_armor(inside)) return fail(Cause::config, "armor, line 2: armor inside of armor");
    return open_age(inside, identities);
  }
  DEPLOYCTL_TRY(const AgeHeader header, parse_age_header(file));
  DEPLOYCTL_TRY(const Secret key, file_key(header, identities));
  const Sha256Digest mac = hmac_sha256(hkdf_sha256(key, {}, "header"), header.authenticated);
  if (!equal_in_constant_time(mac.view(), header.mac))
    return fail(Cause::config, "header, authentication: damaged or altered");
  return open_payload(key, file.substr(header.size));
}

} // namespace deployctl::formats
