#include "os/archive_names.hpp"

#include <algorithm>

#include <fmt/core.h>

#include "base/sanitize.hpp"
#include "base/strings.hpp"
#include "base/utf8.hpp"

namespace deployctl::os {

Result<std::string> entry_name(std::string_view name) {
  const auto refuse = [name](std::string_view why) {
    return fail(Cause::config, fmt::format("the archive holds '{}', {}", sanitize_line(name), why));
  };
  const bool control = std::any_of(name.begin(), name.end(), [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F;
  });
  if (name.empty() || control || invalid_utf8_at(name)) return refuse("which is no name");
  if (name.front() == '/') return refuse("an absolute name");
  if (name.find('\\') != std::string_view::npos) return refuse("a name with a backslash");
  std::string clean;
  for (const std::string_view part : split(name, '/')) {
    if (part == "..") return refuse("which leads out of it");
    if (part.empty() || part == ".") continue;
    if (!clean.empty()) clean += '/';
    clean += part;
  }
  return clean;
}

bool link_stays_inside(std::string_view name, std::string_view target) {
  if (target.empty() || target.front() == '/') return false;
  // The parents of `name` are real directories, so leading ".." are counted exactly. Behind a name they could
  // not be: it may be a link itself.
  auto climbs_left = std::count(name.begin(), name.end(), '/');
  bool descended = false;
  for (const std::string_view part : split(target, '/')) {
    if (part == "..") {
      if (descended || climbs_left-- == 0) return false;
    } else if (!part.empty() && part != ".") {
      descended = true;
    }
  }
  return true;
}

} // namespace deployctl::os
