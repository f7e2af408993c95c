// Durations, sizes and percentages as the language writes them: always with a unit, one canonical text each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <deployctl/result.hpp>
#include <deployctl/strategy.hpp>

namespace deployctl {

// "250ms 10s 5m 4h 3d"; not negative; fits 100 years.
Result<Milliseconds> parse_duration(std::string_view text);
std::string format_duration(Milliseconds duration); // the largest unit that divides it: "90s", "2m"

// "512MiB": B KiB MiB GiB TiB, and the decimal kB MB GB TB.
Result<std::uint64_t> parse_size(std::string_view text);
std::string format_size(std::uint64_t bytes);

// "25%" -> 25; 0 to 100.
Result<int> parse_percent(std::string_view text);

// "2" or "25%".
Result<Amount> parse_amount(std::string_view text);
std::string format_amount(const Amount& amount);

} // namespace deployctl
