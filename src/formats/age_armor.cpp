#include "formats/age_armor.hpp"

#include <fmt/core.h>

#include "base/encode.hpp"
#include "base/strings.hpp"

namespace deployctl::formats {
namespace {

constexpr std::string_view first_line = "-----BEGIN AGE ENCRYPTED FILE-----";
constexpr std::string_view last_line = "-----END AGE ENCRYPTED FILE-----";
constexpr std::size_t full_line = 64; // columns; only the last line may be shorter

tl::unexpected<Error> fault(std::size_t line, std::string_view what) {
  return fail(Cause::config, fmt::format("armor, line {}: {}", line, what));
}

// Base64 with its padding, in the standard alphabet.
Result<std::string> decode(std::string_view line) {
  if (line.size() % 4 != 0 || line.find_first_of("-_") != std::string_view::npos)
    return fail(Cause::config, "not padded base64");
  return from_base64(line);
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

} // namespace

bool is_age_armor(std::string_view text) {
  return trim(text).starts_with(first_line);
}

Result<std::string> remove_age_armor(std::string_view text) {
  const auto lines = split(trim(text), '\n');
  if (without_return(lines.front()) != first_line)
    return fault(1, fmt::format("'{}' is missing", first_line));
  std::string file;
  bool short_line = false;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string_view line = without_return(lines[i]);
    if (line == last_line) {
      if (i + 1 < lines.size()) return fault(i + 2, "text behind the end");
      return file;
    }
    if (line.empty() || line.size() > full_line || short_line)
      return fault(i + 1, "every line but the last has 64 characters");
    short_line = line.size() < full_line;
    const auto bytes = decode(line);
    if (!bytes) return fault(i + 1, "this is not base64");
    // Padding ends the file, also on a full line.
    short_line = short_line || line.ends_with('=');
    file += *bytes;
  }
  return fault(lines.size(), fmt::format("'{}' is missing", last_line));
}

} // namespace deployctl::formats
