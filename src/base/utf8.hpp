// UTF-8: validity, decoding, and how many terminal cells a text takes. No normalisation, no grapheme
// clusters.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace deployctl {

// One decoded code point and the bytes it took; an invalid byte gives U+FFFD, length 1 and `valid` false.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 0;
  bool valid = true;
};

CodePoint decode_utf8(std::string_view text); // the first one; `text` is not empty
void append_utf8(std::string& out, char32_t code_point);

// Offset of the first byte that is not well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms), or
// nothing.
std::optional<std::size_t> invalid_utf8_at(std::string_view text);
std::string replace_invalid_utf8(std::string_view text); // each bad byte becomes U+FFFD

// Terminal cells: 2 for East Asian wide and emoji, 0 for combining marks and controls, else 1.
int display_width(char32_t code_point);
std::size_t display_width(std::string_view text);

} // namespace deployctl
