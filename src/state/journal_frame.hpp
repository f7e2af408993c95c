// One frame of a journal: length u32 LE | type u8 | JSON payload | CRC-32C u32 LE of those three | SHA-256 of
// the chain before it, type and payload. For journal_format.cpp and the tests that damage journals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "state/journal_format.hpp"

namespace deployctl::state {

// The first bytes of a journal; the last of them is the version of the layout.
inline constexpr std::string_view magic = "deployctl-jrnl\n\1";
inline constexpr std::size_t layout_at = magic.size() - 1;

// Added to the type of every frame of an append but the first.
inline constexpr std::uint8_t same_append = 0x80;

inline constexpr std::size_t frame_overhead = 4 + 1 + 4 + 32;

struct Frame {
  std::uint8_t type = 0;  // without same_append
  bool continues = false; // same_append was set
  std::string_view payload;
  Chain chain{};
  std::uint64_t size = 0; // in the file
};

enum class FrameState { whole, wrong_bytes, wrong_chain };

struct FrameResult {
  FrameState state = FrameState::wrong_bytes;
  Frame frame;
  bool chain_is_partial = false; // wrong_chain: each of its bytes is the right one or was never written
};

std::string encode_frame(std::uint8_t type, std::string_view payload, Chain& chain);
FrameResult read_frame(std::string_view bytes, std::uint64_t offset, const Chain& before);

// The first whole frame at or behind `offset` that begins an append of its own. Error when looking for it
// would take unreasonably long, which honest files never do.
Result<std::optional<std::uint64_t>> find_later_append(std::string_view bytes, std::uint64_t offset);

} // namespace deployctl::state
