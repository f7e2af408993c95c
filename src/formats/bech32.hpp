// Bech32 (BIP 173), the text of age's keys: a word for people, a separator, and bytes under a checksum. Of
// any length, as age uses it; no witness programs.
#pragma once

#include <string>
#include <string_view>

#include <deployctl/result.hpp>

namespace deployctl::formats {

struct Bech32 {
  std::string word;  // "age", in lower case
  std::string bytes; // may be a secret: wipe it
};

std::string to_bech32(std::string_view word, std::string_view bytes); // in lower case
// Cause::config; the message never quotes the text.
Result<Bech32> from_bech32(std::string_view text);

} // namespace deployctl::formats
