// ULIDs: 26 characters that sort by time; ids of runs and releases. Strictly rising from one source, also
// within one millisecond and when the wall clock steps back.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <deployctl/ports/clock.hpp>

namespace deployctl {

class UlidSource {
public:
  UlidSource(const Clock& clock, Random& random) : clock_(clock), random_(random) {}

  [[nodiscard]] std::string next(); // thread-safe

private:
  const Clock& clock_;
  Random& random_;
  std::mutex mutex_;
  std::uint64_t last_time_ = 0; // milliseconds since 1970
  std::array<std::uint8_t, 10> last_random_{};
};

// 26 characters of Crockford's base 32 in upper case, first one at most '7'.
bool is_ulid(std::string_view text);

} // namespace deployctl
