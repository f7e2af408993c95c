#include "base/crc32c.hpp"

#include <array>

namespace deployctl {
namespace {

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1U ^ ((value & 1U) != 0 ? 0x82F63B78U : 0U);
    table.at(i) = value;
  }
  return table;
}

} // namespace

std::uint32_t crc32c(std::string_view bytes, std::uint32_t previous) {
  static constexpr std::array<std::uint32_t, 256> table = make_table();
  std::uint32_t value = ~previous;
  for (const char byte : bytes)
    value = value >> 8U ^ table.at((value ^ static_cast<unsigned char>(byte)) & 0xFFU);
  return ~value;
}

} // namespace deployctl
