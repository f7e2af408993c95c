#include "base/ulid.hpp"

#include <algorithm>
#include <span>

namespace deployctl {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

// 16 bytes as 26 digits of 5 bits; the first digit holds the top 3 bits.
std::string encode(const std::array<std::uint8_t, 16>& bytes) {
  std::string text(26, '0');
  for (std::size_t digit = 0; digit < 26; ++digit) {
    unsigned value = 0;
    for (std::size_t i = 0; i < 5; ++i) {
      const std::size_t bit = digit * 5 + i; // counted with two leading zero bits
      value <<= 1U;
      if (bit >= 2) value |= static_cast<unsigned>(bytes.at((bit - 2) / 8) >> (7 - (bit - 2) % 8)) & 1U;
    }
    text[digit] = alphabet[value];
  }
  return text;
}

// Adds one to a big-endian number; false when it wrapped around.
bool increment(std::array<std::uint8_t, 10>& number) {
  return std::any_of(number.rbegin(), number.rend(), [](std::uint8_t& byte) { return ++byte != 0; });
}

} // namespace

std::string UlidSource::next() {
  const std::lock_guard guard(mutex_);
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall().time_since_epoch());
  const auto now = static_cast<std::uint64_t>(std::max<std::int64_t>(0, since.count()));
  if (now > last_time_) {
    last_time_ = now;
    random_.fill(std::as_writable_bytes(std::span(last_random_)));
  } else if (!increment(last_random_)) {
    ++last_time_;
  }
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t i = 0; i < 6; ++i) bytes.at(i) = static_cast<std::uint8_t>(last_time_ >> (40 - 8 * i));
  std::copy(last_random_.begin(), last_random_.end(), bytes.begin() + 6);
  return encode(bytes);
}

bool is_ulid(std::string_view text) {
  return text.size() == 26 && text.front() <= '7' &&
         text.find_first_not_of(alphabet) == std::string_view::npos;
}

} // namespace deployctl
