#include "formats/shamir.hpp"

#include <cstdint>
#include <set>

namespace deployctl::formats {
namespace {

constexpr unsigned reduction = 0x1b; // x^8 = x^4 + x^3 + x + 1

// Of the field with 256 elements; every step is done for every input.
unsigned times(unsigned left, unsigned right) {
  unsigned product = 0;
  for (int bit = 7; bit >= 0; --bit) {
    const unsigned carry = 0U - (product >> 7U & 1U);
    const unsigned add = 0U - (right >> static_cast<unsigned>(bit) & 1U);
    product = ((product << 1U) ^ (carry & reduction) ^ (add & left)) & 0xffU;
  }
  return product;
}

// value^254, which is 1/value.
unsigned inverse(unsigned value) {
  unsigned power = 1;
  for (int i = 0; i < 254; ++i) power = times(power, value);
  return power;
}

unsigned octet(char byte) {
  return static_cast<unsigned char>(byte);
}

} // namespace

std::optional<std::string> combine_shares(std::span<const std::string> shares) {
  if (shares.empty() || shares.front().size() < 2) return std::nullopt;
  std::set<unsigned> places;
  for (const std::string& share : shares)
    if (share.size() != shares.front().size() || octet(share.back()) == 0 ||
        !places.insert(octet(share.back())).second)
      return std::nullopt;
  std::string secret(shares.front().size() - 1, '\0');
  for (const std::string& share : shares) {
    // Lagrange's factor of this share for the polynomial's value at zero.
    unsigned factor = 1;
    for (const unsigned place : places)
      if (place != octet(share.back()))
        factor = times(factor, times(place, inverse(place ^ octet(share.back()))));
    for (std::size_t i = 0; i < secret.size(); ++i)
      secret[i] = static_cast<char>(octet(secret[i]) ^ times(factor, octet(share[i])));
  }
  return secret;
}

} // namespace deployctl::formats
