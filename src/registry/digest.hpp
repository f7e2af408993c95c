// Content digests ("sha256:<hex>") and the check of bytes against one while they pass. Not for keyed hashes:
// those are base/crypto.hpp.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>

#include "base/crypto.hpp"

namespace deployctl::registry {

// Of any algorithm by its grammar; sha256 and sha512 also by their length.
struct Digest {
  std::string algorithm;
  std::string encoded;

  static Result<Digest> parse(std::string_view text); // Cause::config
  static Digest of(std::string_view bytes);           // sha256

  [[nodiscard]] bool empty() const { return encoded.empty(); }
  [[nodiscard]] std::string text() const { return empty() ? "" : algorithm + ":" + encoded; }
  [[nodiscard]] std::string short_text() const { return algorithm + ":" + encoded.substr(0, 12); }
  friend auto operator<=>(const Digest&, const Digest&) = default;
  friend bool operator==(const Digest&, const Digest&) = default;
};

// Whether `bytes` have that digest. Cause::conflict names both; config: an algorithm that is not computed.
Status check_digest(const Digest& expected, std::string_view bytes);

// The same for bytes that stream by: sha256 only, which is what layers have.
class DigestCheck {
public:
  DigestCheck(Digest expected, std::uint64_t size) : expected_(std::move(expected)), size_(size) {}

  Status take(std::string_view bytes); // Cause::conflict as soon as there are too many
  Status finish();
  [[nodiscard]] std::uint64_t count() const { return count_; }

private:
  Digest expected_;
  std::uint64_t size_;
  std::uint64_t count_ = 0;
  Sha256 hash_;
};

} // namespace deployctl::registry
