// Text forms of bytes: hex, base64, percent-encoding. Decoders are strict: they refuse what the encoder would
// not write, apart from letter case in hex and missing base64 padding.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl {

std::string to_hex(std::string_view bytes); // lower case
Result<std::string> from_hex(std::string_view text);

std::string to_base64(std::string_view bytes);          // RFC 4648 section 4, padded
std::string to_base64_url(std::string_view bytes);      // RFC 4648 section 5, without padding
Result<std::string> from_base64(std::string_view text); // either alphabet

std::string to_base32(std::string_view bytes); // RFC 4648 section 6 in lower case, without padding

// RFC 3986: everything but letters, digits and "-._~" becomes %XX; `keep` adds characters that stay ("/" in a
// path).
std::string percent_encode(std::string_view text, std::string_view keep = {});
Result<std::string> percent_decode(std::string_view text); // '+' stays '+'

} // namespace deployctl
