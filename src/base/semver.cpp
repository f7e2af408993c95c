#include "base/semver.hpp"

#include <algorithm>

#include "base/integer.hpp"
#include "base/strings.hpp"

namespace deployctl {
namespace {

bool is_identifier_character(char c) {
  return is_letter_or_digit(c) || c == '-';
}

bool is_numeric(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool has_leading_zero(std::string_view text) {
  return text.size() > 1 && text.front() == '0';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_identifier_character);
}

std::optional<std::uint64_t> parse_number(std::string_view text) {
  if (!is_numeric(text) || has_leading_zero(text)) return std::nullopt;
  return parse_integer<std::uint64_t>(text);
}

// What stands before and after the first `separator`; the second is none when it does not occur.
std::pair<std::string_view, std::optional<std::string_view>> cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Section 11.4: numbers by value and below words, words by their bytes.
std::strong_ordering compare_identifiers(const std::string& left, const std::string& right) {
  const bool left_numeric = is_numeric(left);
  const bool right_numeric = is_numeric(right);
  if (left_numeric != right_numeric)
    return left_numeric ? std::strong_ordering::less : std::strong_ordering::greater;
  // Without leading zeros the longer number is the larger, of any size.
  if (left_numeric && left.size() != right.size()) return left.size() <=> right.size();
  return left <=> right;
}

} // namespace

std::optional<SemanticVersion> SemanticVersion::parse(std::string_view text) {
  if (!text.empty() && text.front() == 'v') text.remove_prefix(1);
  const auto [unbuilt, build] = cut(text, '+');
  const auto [core, prerelease] = cut(unbuilt, '-');

  const auto numbers = split(core, '.');
  if (numbers.size() != 3) return std::nullopt;
  const auto major = parse_number(numbers[0]);
  const auto minor = parse_number(numbers[1]);
  const auto patch = parse_number(numbers[2]);
  if (!major || !minor || !patch) return std::nullopt;

  SemanticVersion version{.major = *major, .minor = *minor, .patch = *patch};
  if (prerelease) {
    for (const std::string_view part : split(*prerelease, '.')) {
      if (!is_identifier(part) || (is_numeric(part) && has_leading_zero(part))) return std::nullopt;
      version.prerelease.emplace_back(part);
    }
  }
  if (build) {
    const auto parts = split(*build, '.');
    if (!std::all_of(parts.begin(), parts.end(), is_identifier)) return std::nullopt;
    version.build = std::string(*build);
  }
  return version;
}

std::strong_ordering operator<=>(const SemanticVersion& left, const SemanticVersion& right) {
  if (const auto order = left.major <=> right.major; order != 0) return order;
  if (const auto order = left.minor <=> right.minor; order != 0) return order;
  if (const auto order = left.patch <=> right.patch; order != 0) return order;
  // A release is above each of its own prereleases.
  if (left.prerelease.empty() != right.prerelease.empty())
    return left.prerelease.empty() ? std::strong_ordering::greater : std::strong_ordering::less;
  const std::size_t shared = std::min(left.prerelease.size(), right.prerelease.size());
  for (std::size_t i = 0; i < shared; ++i)
    if (const auto order = compare_identifiers(left.prerelease[i], right.prerelease[i]); order != 0)
      return order;
  return left.prerelease.size() <=> right.prerelease.size();
}

} // namespace deployctl
