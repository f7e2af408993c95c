#include "base/encode.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace deployctl {
namespace {

constexpr std::string_view lower_digits = "0123456789abcdef";
constexpr std::string_view upper_digits = "0123456789ABCDEF";
constexpr std::string_view base64_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view base64_url_alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

unsigned octet(char byte) {
  return static_cast<unsigned char>(byte);
}

std::optional<unsigned> digit_value(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A' + 10);
  return std::nullopt;
}

std::optional<char> hex_pair(char high, char low) {
  const auto first = digit_value(high);
  const auto second = digit_value(low);
  if (!first || !second) return std::nullopt;
  return static_cast<char>(*first << 4U | *second);
}

std::string base64(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
    std::uint32_t group = octet(bytes[at]) << 16U;
    if (count > 1) group |= octet(bytes[at + 1]) << 8U;
    if (count > 2) group |= octet(bytes[at + 2]);
    for (std::size_t i = 0; i <= count; ++i) out += alphabet[group >> (18 - 6 * i) & 63U];
    if (padded) out.append(3 - count, '=');
  }
  return out;
}

constexpr std::array<int, 256> base64_values() {
  std::array<int, 256> values{};
  for (int& value : values) value = -1;
  for (std::size_t i = 0; i < 64; ++i) {
    values.at(static_cast<unsigned char>(base64_alphabet[i])) = static_cast<int>(i);
    values.at(static_cast<unsigned char>(base64_url_alphabet[i])) = static_cast<int>(i);
  }
  return values;
}

tl::unexpected<Error> bad_encoding(std::string_view what, std::size_t offset) {
  return fail(Cause::config, "not " + std::string(what) + " at byte " + std::to_string(offset));
}

bool is_unreserved(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
         std::string_view("-._~").find(byte) != std::string_view::npos;
}

} // namespace

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    out += lower_digits[octet(byte) >> 4U];
    out += lower_digits[octet(byte) & 15U];
  }
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return bad_encoding("hexadecimal", text.size());
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const auto byte = hex_pair(text[at], text[at + 1]);
    if (!byte) return bad_encoding("hexadecimal", at);
    out += *byte;
  }
  return out;
}

std::string to_base64(std::string_view bytes) {
  return base64(bytes, base64_alphabet, true);
}

std::string to_base64_url(std::string_view bytes) {
  return base64(bytes, base64_url_alphabet, false);
}

Result<std::string> from_base64(std::string_view text) {
  static constexpr std::array<int, 256> values = base64_values();
  const std::size_t end = text.find('=');
  const std::string_view digits = text.substr(0, end);
  const bool padding_fits =
      end == std::string_view::npos || (text.size() % 4 == 0 && text.size() - end <= 2 &&
                                        text.find_first_not_of('=', end) == std::string_view::npos);
  if (!padding_fits || digits.size() % 4 == 1) return bad_encoding("base64", digits.size());
  std::string out;
  out.reserve(digits.size() * 3 / 4);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    const int value = values.at(octet(digits[at]));
    if (value < 0) return bad_encoding("base64", at);
    bits = (bits << 6U | static_cast<std::uint32_t>(value)) & 0xFFFFU;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>(bits >> held & 0xFFU);
  }
  // Bits behind the last byte must be zero, else two texts would mean the same bytes (RFC 4648 section 3.5).
  if ((bits & ((1U << held) - 1U)) != 0) return bad_encoding("base64", digits.size() - 1);
  return out;
}

std::string to_base32(std::string_view bytes) {
  constexpr std::string_view alphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  out.reserve((bytes.size() * 8 + 4) / 5);
  unsigned buffer = 0;
  int bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) out += alphabet[(buffer >> static_cast<unsigned>(bits - 5)) & 31U];
  }
  if (bits > 0) out += alphabet[(buffer << static_cast<unsigned>(5 - bits)) & 31U];
  return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  std::string out;
  out.reserve(text.size());
  for (const char byte : text) {
    if (is_unreserved(byte) || keep.find(byte) != std::string_view::npos) {
      out += byte;
      continue;
    }
    out += '%';
    out += upper_digits[octet(byte) >> 4U];
    out += upper_digits[octet(byte) & 15U];
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      out += text[at];
      continue;
    }
    const auto byte = at + 2 < text.size() ? hex_pair(text[at + 1], text[at + 2]) : std::nullopt;
    if (!byte) return bad_encoding("percent-encoding", at);
    out += *byte;
    at += 2;
  }
  return out;
}

} // namespace deployctl
