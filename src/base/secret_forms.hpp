// The texts a secret may appear as: itself, its lines and JSON leaves, each in the encodings that programs
// put values into. Input of the redactor only. The strings hold secret bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace deployctl {

struct SecretForm {
  std::string text;
  bool on_boundaries = false; // shorter than 8 bytes: only between characters that are no letters or digits
};

inline constexpr std::size_t shortest_maskable = 4;
inline constexpr std::size_t shortest_anywhere = 8;

// Without duplicates; none when `secret` is shorter than `shortest_maskable`.
std::vector<SecretForm> forms_of(std::string_view secret);

// The characters of base64(anything + bytes + anything) that only `bytes` decide, when `offset` (0 to 2)
// bytes of a group of three stand before. `url_safe` picks the alphabet.
std::string inner_base64(std::string_view bytes, std::size_t offset, bool url_safe);

// Words that would blank half a log and are no secrets worth the name: "true", "admin", port numbers.
bool is_common_word(std::string_view secret);

} // namespace deployctl
