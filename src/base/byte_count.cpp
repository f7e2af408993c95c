#include "base/byte_count.hpp"

#include <array>
#include <string_view>

namespace deployctl {
namespace {

constexpr std::array<std::string_view, 5> units = {"B", "KiB", "MiB", "GiB", "TiB"};

std::size_t unit_of(std::uint64_t bytes) {
  std::size_t unit = 0;
  while (unit + 1 < units.size() && (bytes >> (10 * (unit + 1))) > 0) ++unit;
  return unit;
}

// Tenths are cut off, so that nothing is whole before it is.
std::string number_text(std::uint64_t bytes, std::size_t unit) {
  if (unit == 0) return std::to_string(bytes);
  const std::uint64_t whole = bytes >> (10 * unit);
  const std::uint64_t rest = (bytes >> (10 * (unit - 1))) & 1023U;
  return std::to_string(whole) + "." + std::to_string(rest * 10 / 1024);
}

} // namespace

std::string bytes_text(std::uint64_t bytes) {
  const std::size_t unit = unit_of(bytes);
  return number_text(bytes, unit) + " " + std::string(units.at(unit));
}

std::string bytes_share_text(std::uint64_t done, std::uint64_t total) {
  const std::size_t unit = unit_of(total);
  return number_text(done, unit) + " of " + number_text(total, unit) + " " + std::string(units.at(unit));
}

} // namespace deployctl
