// The header of an age file (age-encryption.org/v1) as a value: who can open it, and what authenticates it.
// Strict: every header has one spelling. Opens nothing; that is age.hpp.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <deployctl/result.hpp>

namespace deployctl::formats {

// One recipient's copy of the file key, or grease.
struct AgeStanza {
  std::string type;                   // "X25519"
  std::vector<std::string> arguments; // behind the type
  std::string body;                   // decoded
};

struct AgeHeader {
  std::vector<AgeStanza> stanzas;
  std::string authenticated; // the text that `mac` covers: from the first byte to "---"
  std::string mac;           // 32 bytes
  std::size_t size = 0;      // bytes in the file, with the last line end: there the payload begins
};

// Cause::config, "header, line 3: ...".
Result<AgeHeader> parse_age_header(std::string_view file);

// Base64 of age: standard alphabet, no padding, no bits beyond the last byte.
Result<std::string> decode_age_base64(std::string_view text);

} // namespace deployctl::formats
