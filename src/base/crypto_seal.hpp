// Opening what was sealed with authenticated encryption (RFC 8439, NIST SP 800-38D). Whole messages only:
// nothing comes out before its tag was checked.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <deployctl/secret.hpp>

namespace deployctl {

enum class Cipher { chacha20_poly1305, aes_256_gcm }; // both take keys of 32 bytes

inline constexpr std::size_t seal_tag_size = 16;

struct Sealed {
  std::string_view nonce; // 12 bytes; aes_256_gcm: 1 to 128
  std::string_view bytes;
  std::string_view tag;             // 16 bytes
  std::string_view additional = {}; // authenticated, not encrypted
};

// Appends the plain bytes; false, and nothing appended, when the tag does not fit or the sizes are wrong.
// Make room before: growing leaves copies behind.
[[nodiscard]] bool open_sealed(Cipher cipher, const Secret& key, const Sealed& sealed, std::string& out);

// The same for a key that another key wraps.
std::optional<Secret> open_key(Cipher cipher, const Secret& key, const Sealed& sealed);

} // namespace deployctl
