// Hashes, keyed hashes and constant-time comparison; the one wrapper of OpenSSL. Bytes travel as
// std::string_view. A failure of the library is a bug here (std::runtime_error): none of these can fail on
// any input.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <deployctl/ports/clock.hpp>
#include <deployctl/secret.hpp>

namespace deployctl {

struct Sha256Digest {
  std::array<unsigned char, 32> bytes{};

  [[nodiscard]] std::string_view view() const; // 32 raw bytes
  [[nodiscard]] std::string hex() const;       // 64 characters, lower case
  friend bool operator==(const Sha256Digest&, const Sha256Digest&) = default;
};

// SHA-256 over a stream: update() as often as wanted, then finish() once.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  Sha256& update(std::string_view bytes);
  [[nodiscard]] Sha256Digest finish();

private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256Digest sha256(std::string_view bytes);
std::string sha256_hex(std::string_view bytes);

Sha256Digest hmac_sha256(std::string_view key, std::string_view message);
Sha256Digest hmac_sha256(const Secret& key, std::string_view message);
// The keyed hash as a key for the next one (AWS Signature Version 4 chains them); named like `key`, never
// shown.
Secret derive_key(const Secret& key, std::string_view message);

// "keyed:<hex>": equal for equal secrets under one key, and of no use without the key.
std::string keyed_fingerprint(std::string_view key, const Secret& secret);

// Takes as long for every content of one length.
bool equal_in_constant_time(std::string_view left, std::string_view right);

// `count` random bytes as 2 * count characters of lower-case hex.
std::string random_hex(Random& random, std::size_t count);

} // namespace deployctl
