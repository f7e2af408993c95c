#include "base/utf8.hpp"

namespace deployctl {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr CodePoint invalid{.value = replacement, .length = 1, .valid = false};

char32_t octet(char byte) {
  return static_cast<unsigned char>(byte);
}

// What the first byte promises: length, its own bits, and the least value that needs that length.
struct Lead {
  std::size_t length;
  char32_t bits;
  char32_t least;
};

Lead read_lead(char32_t byte) {
  if (byte >= 0xC2 && byte <= 0xDF) return {2, byte & 0x1FU, 0x80};
  if (byte >= 0xE0 && byte <= 0xEF) return {3, byte & 0x0FU, 0x800};
  if (byte >= 0xF0 && byte <= 0xF4) return {4, byte & 0x07U, 0x10000};
  return {0, 0, 0};
}

} // namespace

CodePoint decode_utf8(std::string_view text) {
  const char32_t first = octet(text.front());
  if (first < 0x80) return {.value = first, .length = 1, .valid = true};
  const Lead lead = read_lead(first);
  if (lead.length == 0 || text.size() < lead.length) return invalid;
  char32_t value = lead.bits;
  for (std::size_t i = 1; i < lead.length; ++i) {
    if ((octet(text[i]) & 0xC0U) != 0x80) return invalid;
    value = value << 6U | (octet(text[i]) & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < lead.least || surrogate || value > 0x10FFFF) return invalid;
  return {.value = value, .length = lead.length, .valid = true};
}

void append_utf8(std::string& out, char32_t code_point) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (code_point >> shift & 0x3FU)); };
  if (code_point < 0x80) {
    out += static_cast<char>(code_point);
  } else if (code_point < 0x800) {
    out += static_cast<char>(0xC0U | code_point >> 6U);
    tail(0);
  } else if (code_point < 0x10000) {
    out += static_cast<char>(0xE0U | code_point >> 12U);
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0U | code_point >> 18U);
    tail(12);
    tail(6);
    tail(0);
  }
}

std::optional<std::size_t> invalid_utf8_at(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = decode_utf8(text.substr(at));
    if (!point.valid) return at;
    at += point.length;
  }
  return std::nullopt;
}

std::string replace_invalid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint point = decode_utf8(text);
    if (point.valid)
      out += text.substr(0, point.length);
    else
      append_utf8(out, replacement);
    text.remove_prefix(point.length);
  }
  return out;
}

} // namespace deployctl
