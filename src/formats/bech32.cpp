#include "formats/bech32.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/strings.hpp"
#include "base/wiped.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t checksum_size = 6;

// The code of BIP 173: 30 bits of state, five bits at a time.
class Checksum {
public:
  explicit Checksum(std::string_view word) {
    for (const char c : word) add(static_cast<unsigned char>(c) >> 5U);
    add(0);
    for (const char c : word) add(static_cast<unsigned char>(c) & 31U);
  }

  void add(std::uint32_t five_bits) {
    constexpr std::array<std::uint32_t, 5> generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                        0x2a1462b3};
    const std::uint32_t top = state_ >> 25U;
    state_ = (state_ & 0x1ffffffU) << 5U ^ five_bits;
    for (std::size_t i = 0; i < generator.size(); ++i)
      if ((top >> i & 1U) != 0) state_ ^= generator.at(i);
  }

  [[nodiscard]] std::uint32_t state() const { return state_; }

private:
  std::uint32_t state_ = 1;
};

tl::unexpected<Error> fault(std::string_view what) {
  return fail(Cause::config, "a key that is no Bech32: " + std::string(what));
}

// Five bits a character into eight; what is left over must be zero, and less than a character.
Result<std::string> pack(std::string_view characters) {
  std::string bytes;
  bytes.reserve(characters.size());
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char c : characters) {
    held = (held << 5U | static_cast<std::uint32_t>(alphabet.find(c))) & 0xfffU;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes += static_cast<char>(held >> bits & 0xffU);
  }
  if (bits >= 5 || (held & ((1U << bits) - 1U)) != 0) return fault("bits behind its last byte");
  return bytes;
}

} // namespace

std::string to_bech32(std::string_view word, std::string_view bytes) {
  Checksum checksum(word);
  std::string out = std::string(word) + '1';
  const auto put = [&](std::uint32_t five_bits) {
    checksum.add(five_bits);
    out += alphabet[five_bits];
  };
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    held = (held << 8U | static_cast<unsigned char>(byte)) & 0xfffU;
    for (bits += 8; bits >= 5; bits -= 5) put(held >> (bits - 5) & 31U);
  }
  if (bits > 0) put(held << (5 - bits) & 31U);
  for (std::size_t i = 0; i < checksum_size; ++i) checksum.add(0);
  const std::uint32_t code = checksum.state() ^ 1U;
  for (unsigned i = 0; i < checksum_size; ++i) out += alphabet[code >> (5 * (5 - i)) & 31U];
  return out;
}

Result<Bech32> from_bech32(std::string_view text) {
  const Wiped lower(to_lower(text));
  std::string upper = *lower;
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  const Wiped in_capitals(std::move(upper));
  if (text != *lower && text != *in_capitals) return fault("it mixes capitals and small letters");
  const std::size_t separator = lower->rfind('1');
  if (separator == std::string::npos || separator == 0 || lower->size() - separator - 1 < checksum_size)
    return fault("it has no word, no '1' or no checksum");
  const std::string_view characters = std::string_view(*lower).substr(separator + 1);
  Bech32 out{.word = lower->substr(0, separator), .bytes = {}};
  Checksum checksum(out.word);
  for (const char c : characters) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return fault("a character that it does not know");
    checksum.add(static_cast<std::uint32_t>(value));
  }
  if (checksum.state() != 1) return fault("its checksum is wrong, so a character is");
  DEPLOYCTL_TRY(out.bytes, pack(characters.substr(0, characters.size() - checksum_size)));
  return out;
}

} // namespace deployctl::formats
