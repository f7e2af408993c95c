// The first bytes of all forms as a table of bits: one look at it passes over nearly every place of an
// ordinary text. May say yes where the automaton says no, never the other way round.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/secret_forms.hpp"

namespace deployctl {

class RedactionPrefixes {
public:
  static constexpr std::size_t width = shortest_maskable; // every form has as many bytes

  void add(std::string_view form) {
    const std::size_t slot = slot_of(form.data());
    bits_[slot / 64] |= std::uint64_t{1} << (slot % 64);
  }

  // Of the `width` bytes that stand there.
  [[nodiscard]] bool may_begin(const char* bytes) const {
    const std::size_t slot = slot_of(bytes);
    return ((bits_[slot / 64] >> (slot % 64)) & 1U) != 0;
  }

private:
  static constexpr unsigned slot_bits = 17; // 16 KiB, which stay in the first cache

  static std::size_t slot_of(const char* bytes) {
    std::uint32_t word = 0;
    static_assert(sizeof(word) == width);
    std::memcpy(&word, bytes, width);
    return (word * 2'654'435'761U) >> (32U - slot_bits);
  }

  std::array<std::uint64_t, (std::size_t{1} << slot_bits) / 64> bits_{};
};

} // namespace deployctl
