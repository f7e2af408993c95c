#include "config/version_number.hpp"

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl::config {

namespace {

constexpr std::size_t parts_of_a_version = 3;
constexpr std::size_t longest_part = 6;

} // namespace

std::optional<std::vector<int>> parse_version(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() > parts_of_a_version) return std::nullopt;
  std::vector<int> numbers;
  for (const auto part : parts) {
    const auto number = parse_integer<int>(part);
    if (!number || part.size() > longest_part || part.front() == '-') return std::nullopt;
    numbers.push_back(*number);
  }
  numbers.resize(parts_of_a_version);
  return numbers;
}

int compare_versions(std::string_view left, std::string_view right) {
  const auto a = parse_version(left);
  const auto b = parse_version(right);
  if (!a || !b || *a == *b) return 0;
  return *a < *b ? -1 : 1;
}

} // namespace deployctl::config
