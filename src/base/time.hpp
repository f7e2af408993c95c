// Wall time as text: RFC 3339 for records, ages for people. Never for measuring; see ports/clock.hpp.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

namespace deployctl {

using WallTime = std::chrono::system_clock::time_point;

std::string format_time(WallTime time); // "2026-03-14T09:26:53.589Z"
// RFC 3339 with any offset and any number of decimals (kept to milliseconds); years 1970 to 2261: the
// clock counts nanoseconds in 64 bits.
Result<WallTime> parse_time(std::string_view text);

// The two largest units: "3 d 4 h", "2 min 5 s", "12 s", "0 s". Negative ages read "0 s".
std::string format_age(Milliseconds age);

} // namespace deployctl
