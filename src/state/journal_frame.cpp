#include "state/journal_frame.hpp"

#include "base/crc32c.hpp"
#include "base/crypto.hpp"

namespace deployctl::state {
namespace {

void put_u32(std::string& out, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((number >> shift) & 0xFFU);
}

std::uint32_t get_u32(std::string_view bytes, std::uint64_t offset) {
  std::uint32_t number = 0;
  for (unsigned i = 0; i < 4; ++i)
    number |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i);
  return number;
}

Chain next_chain(const Chain& before, std::string_view type_and_payload) {
  const std::string_view previous(reinterpret_cast<const char*>(before.data()), before.size());
  return Sha256().update(previous).update(type_and_payload).finish().bytes;
}

// The payload's length if a frame may stand at `offset`. Cheap: it is asked for every byte when looking for a
// frame.
std::optional<std::uint64_t> plausible_length(std::string_view bytes, std::uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < frame_overhead + 2) return std::nullopt;
  const std::uint64_t length = get_u32(bytes, offset);
  if (length < 2 || length > frame_limit || length > bytes.size() - offset - frame_overhead)
    return std::nullopt;
  if (bytes[offset + 5] != '{' || bytes[offset + 4 + length] != '}') return std::nullopt;
  return length;
}

// The frame that stands at `offset`, as far as its own bytes tell; none when they do not hold together.
std::optional<Frame> frame_at(std::string_view bytes, std::uint64_t offset) {
  const auto plausible = plausible_length(bytes, offset);
  if (!plausible) return std::nullopt;
  const std::uint64_t length = *plausible;
  const std::string_view payload = bytes.substr(offset + 5, length);
  if (crc32c(bytes.substr(offset, 5 + length)) != get_u32(bytes, offset + 5 + length)) return std::nullopt;
  const auto type = static_cast<std::uint8_t>(bytes[offset + 4]);
  Frame frame{.type = static_cast<std::uint8_t>(type & ~same_append),
              .continues = (type & same_append) != 0,
              .payload = payload,
              .size = frame_overhead + length};
  const std::string_view chain = bytes.substr(offset + 9 + length, frame.chain.size());
  for (std::size_t i = 0; i < chain.size(); ++i) frame.chain.at(i) = static_cast<unsigned char>(chain[i]);
  return frame;
}

bool is_part_of(const Chain& found, const Chain& right) {
  for (std::size_t i = 0; i < found.size(); ++i)
    if (found.at(i) != 0 && found.at(i) != right.at(i)) return false;
  return true;
}

} // namespace

std::string encode_frame(std::uint8_t type, std::string_view payload, Chain& chain) {
  std::string bytes;
  put_u32(bytes, static_cast<std::uint32_t>(payload.size()));
  bytes += static_cast<char>(type);
  bytes += payload;
  chain = next_chain(chain, std::string_view(bytes).substr(4));
  put_u32(bytes, crc32c(bytes));
  bytes.append(reinterpret_cast<const char*>(chain.data()), chain.size());
  return bytes;
}

FrameResult read_frame(std::string_view bytes, std::uint64_t offset, const Chain& before) {
  const auto frame = frame_at(bytes, offset);
  if (!frame) return {};
  const Chain right = next_chain(before, bytes.substr(offset + 4, 1 + frame->payload.size()));
  if (frame->chain == right) return {.state = FrameState::whole, .frame = *frame};
  return {
      .state = FrameState::wrong_chain, .frame = *frame, .chain_is_partial = is_part_of(frame->chain, right)};
}

Result<std::optional<std::uint64_t>> find_later_append(std::string_view bytes, std::uint64_t offset) {
  std::uint64_t budget = 64 * bytes.size(); // bytes to checksum
  while (offset < bytes.size()) {
    const auto length = plausible_length(bytes, offset);
    if (length && *length > budget) return fail(Cause::config, "too many beginnings of records");
    budget -= length.value_or(0);
    const auto frame = length ? frame_at(bytes, offset) : std::nullopt;
    if (frame && !frame->continues) return offset;
    offset += frame ? frame->size : 1;
  }
  return std::nullopt;
}

} // namespace deployctl::state
